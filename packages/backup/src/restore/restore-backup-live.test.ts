import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { PgClient } from '@texas-ai/postgres';
import { makeLogSpy, makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { backUp, clock, makeTemporaryFolder, never } from '../../test/backup-run.js';
import { realClient } from '../../test/fake-client.js';
import { makeSampleDatabase } from '../../test/sample-database.js';
import { type Connection, withConnection } from '../database/connection.js';
import { libpqEnvironment, withDatabase } from '../database/libpq-environment.js';
import { dropDatabase, withMaintenanceConnection } from '../database/temporary-database.js';
import type { CreatedBackup } from '../dump/create-backup.js';
import { fingerprintDatabase } from './load-dump.js';
import type { RestoreBackupOptions } from './options.js';
import { restoreBackup } from './restore-backup.js';

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
const tablesOf = async (url: string) => (await fingerprintDatabase(url, never)).tables;
const maintain = <T>(work: (connection: Connection) => Promise<T>) =>
  withMaintenanceConnection(sample.url, never, work);

async function databasesLike(beginning: string): Promise<string[]> {
  const query = 'SELECT datname::text AS name FROM pg_database WHERE starts_with(datname, $1)';
  const { rows } = await maintain((each) => each.query<{ name: string }>(query, [beginning]));
  return rows.map(({ name }) => name).sort();
}

test('a dump without a manifest is restored unverified, into an empty and a live database', async () => {
  expect(await restore({ manifest: null })).toMatchObject({
    how: 'filled',
    migrations: made.manifest.migrations,
  });
  expect(await restore({ manifest: null })).toMatchObject({ how: 'swapped' });
  expect(await tablesOf(live.url)).toEqual(made.manifest.tables);
});

test('the swap terminates every session, even in a transaction', async () => {
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

test('a session survives a restore that fails before the swap', async () => {
  await hold();
  await withConnection(live.url, never, async (session, lost) => {
    const beforeSwap = () => Promise.reject(new Error('no'));
    await expect(restore({ beforeSwap })).rejects.toMatchObject({ code: 'restore_failed' });
    expect(lost.aborted).toBe(false);
    expect((await session.query('SELECT value FROM held')).rows).toEqual([{ value: 7 }]);
  });
});

test('the second of two concurrent restores of a database is rejected', async () => {
  await hold();
  const failure: unknown[] = [];
  const beforeSwap = async () => {
    failure.push(await restore().catch((error) => error));
  };
  expect(await restore({ beforeSwap })).toMatchObject({ how: 'swapped' });
  expect(failure).toMatchObject([
    { code: 'restore_failed', message: expect.stringMatching(/in progress/) },
  ]);
});

test.each([
  // The last 12 bytes look like those of a temporary database.
  ['ending in hexadecimal digits', 'x'.repeat(38), '0123456789ab'],
  ['consisting of 3-byte characters', '早'.repeat(16), 'xx'],
])('a database name of max length, %s, is not mistaken for another', async (_what, ...rest) => {
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

test('a dump in plain SQL is rejected, even for an empty database', async () => {
  const file = `${folder.folder}/plain.sql`;
  const env = libpqEnvironment(sample.url);
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

test('a live database is replaced by an encrypted backup, but not with a wrong key', async () => {
  await hold();
  const [identity, stranger] = await Promise.all([generateIdentity(), generateIdentity()]);
  const encrypted = await backUp({
    databaseUrl: sample.url,
    folder: folder.folder,
    id: 'encrypted',
    recipient: await identityToRecipient(identity),
  });
  const { file, manifest } = encrypted;
  for (const wrong of [undefined, stranger]) {
    const asked = restore({ file, manifest, identity: wrong });
    await expect(asked).rejects.toMatchObject({ code: 'backup_wrong_key' });
  }
  expect(await held()).toBe(7);
  expect(await restore({ file, manifest, identity })).toMatchObject({ how: 'swapped' });
  expect(await tablesOf(live.url)).toEqual(manifest.tables);
});
