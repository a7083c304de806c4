import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { PgClient } from '@texas-ai/postgres';
import { makeLogSpy, makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { backUp, clock, makeTemporaryFolder, never } from '../test/backup-run.js';
import { realClient } from '../test/fake-client.js';
import { makeSampleDatabase } from '../test/sample-database.js';
import { type Connection, withConnection } from './connection.js';
import { connectionEnvironment, withDatabase } from './connection-environment.js';
import type { CreatedBackup } from './create-backup.js';
import { holdingsOf } from './fill-database.js';
import { type RestoreBackupOptions, restoreBackup } from './restore-backup.js';
import { dropDatabase, withMaintenance } from './temporary-database.js';

const folder = makeTemporaryFolder();
let sample: TestDatabase;
let client: PgClient;
let made: CreatedBackup;
let live: TestDatabase;
beforeAll(async () => {
  sample = await makeSampleDatabase();
  client = await realClient();
  made = await backUp({ databaseUrl: sample.url, folder: folder.folder });
});
afterAll(async () => {
  await sample.drop();
  folder.remove();
});
beforeEach(async () => {
  live = await makeTestDatabase({ empty: true });
});
afterEach(() => live.drop());

const restore = (options: Partial<RestoreBackupOptions> = {}) =>
  restoreBackup({
    file: made.file,
    manifest: made.manifest,
    client,
    databaseUrl: live.url,
    live: true,
    knownMigrations: made.manifest.migrations,
    beforeSwap: async () => undefined,
    timeoutMs: 120_000,
    signal: never,
    logger: makeLogSpy(),
    clock,
    ...options,
  });
const hold = () => live.database.raw('CREATE TABLE held AS SELECT 7 AS value');
const held = async () => (await live.database('held').select('value'))[0]?.value;
const tablesOf = async (url: string) => (await holdingsOf(url, never)).tables;
const maintain = <T>(work: (connection: Connection) => Promise<T>) =>
  withMaintenance(sample.url, never, work);

async function databasesLike(beginning: string): Promise<string[]> {
  const query = 'SELECT datname::text AS name FROM pg_database WHERE starts_with(datname, $1)';
  const { rows } = await maintain((each) => each.query<{ name: string }>(query, [beginning]));
  return rows.map(({ name }) => name).sort();
}

test('without a manifest the file is taken at its word, into an empty database and a live one', async () => {
  expect(await restore({ manifest: null })).toMatchObject({
    how: 'filled',
    migrations: made.manifest.migrations,
  });
  expect(await restore({ manifest: null })).toMatchObject({ how: 'swapped' });
  expect(await tablesOf(live.url)).toEqual(made.manifest.tables);
});

test('every session is ended by the swap, also one in a transaction', async () => {
  await hold();
  const swapping = withConnection(live.url, never, async (idle) => {
    await idle.query('SELECT 1');
    return withConnection(live.url, never, async (busy) => {
      await busy.query('BEGIN');
      await busy.query('LOCK TABLE held');
      await restore();
    });
  });
  await expect(swapping).rejects.toMatchObject({ code: '57P01' });
  expect(await tablesOf(live.url)).toEqual(made.manifest.tables);
});

test('a session outlives a restore that fails before the swap', async () => {
  await hold();
  await withConnection(live.url, never, async (session, lost) => {
    const beforeSwap = () => Promise.reject(new Error('no'));
    await expect(restore({ beforeSwap })).rejects.toMatchObject({ code: 'restore_failed' });
    expect(lost.aborted).toBe(false);
    expect((await session.query('SELECT value FROM held')).rows).toEqual([{ value: 7 }]);
  });
});

test('one of two restores of the same database is refused', async () => {
  await hold();
  const failure: unknown[] = [];
  const beforeSwap = async () => {
    failure.push(await restore().catch((error) => error));
  };
  expect(await restore({ beforeSwap })).toMatchObject({ how: 'swapped' });
  expect(failure).toMatchObject([
    { code: 'restore_failed', message: expect.stringMatching(/under way/) },
  ]);
});

test.each([
  // Its last 12 bytes look like those of a temporary database.
  ['hexadecimal at its end', 'x'.repeat(38), '0123456789ab'],
  ['of characters of three bytes', '早'.repeat(16), 'xx'],
])('a database whose name is as long as can be, and %s, is no other', async (_what, ...rest) => {
  const name = [`long_${randomUUID().slice(0, 7)}_`, ...rest].join('');
  expect(Buffer.byteLength(name)).toBe(63);
  const databaseUrl = withDatabase(live.url, name);
  await maintain((each) => each.query(`CREATE DATABASE "${name}"`));
  try {
    await withConnection(databaseUrl, never, (each) =>
      each.query('CREATE TABLE held AS SELECT 7 AS value'),
    );
    const beforeSwap = () => Promise.reject(new Error('no'));
    await expect(restore({ databaseUrl, beforeSwap })).rejects.toMatchObject({
      code: 'restore_failed',
    });
    expect((await tablesOf(databaseUrl)).map(({ name }) => name)).toEqual(['held']);
    const { keptAs } = await restore({ databaseUrl, keepOld: true });
    expect(await databasesLike(name.slice(0, 13))).toEqual([name, keptAs].sort());
    expect(await tablesOf(databaseUrl)).toEqual(made.manifest.tables);
  } finally {
    for (const left of await databasesLike(name.slice(0, 13))) {
      await maintain((each) => dropDatabase(each, left));
    }
  }
});

test('a dump in plain SQL is refused, also where the database is empty', async () => {
  const file = `${folder.folder}/plain.sql`;
  const env = connectionEnvironment(sample.url);
  writeFileSync(file, execFileSync(client.pgDump, ['--format=plain'], { env }));
  const refused = {
    code: 'backup_invalid',
    message: expect.stringMatching(/not a dump in the custom/),
  };
  await expect(restore({ file, manifest: null })).rejects.toMatchObject(refused);
  await hold();
  await expect(restore({ file, manifest: null })).rejects.toMatchObject(refused);
  expect(await held()).toBe(7);
});

test('a live database is replaced by an encrypted backup, and kept from a wrong key', async () => {
  await hold();
  const [identity, stranger] = await Promise.all([generateIdentity(), generateIdentity()]);
  const sealed = await backUp({
    databaseUrl: sample.url,
    folder: folder.folder,
    id: 'sealed',
    recipient: await identityToRecipient(identity),
  });
  const { file, manifest } = sealed;
  for (const wrong of [undefined, stranger]) {
    const asked = restore({ file, manifest, identity: wrong });
    await expect(asked).rejects.toMatchObject({ code: 'backup_wrong_key' });
  }
  expect(await held()).toBe(7);
  expect(await restore({ file, manifest, identity })).toMatchObject({ how: 'swapped' });
  expect(await tablesOf(live.url)).toEqual(manifest.tables);
});
