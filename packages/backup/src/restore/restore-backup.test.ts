import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { makeLogSpy, makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import {
  backUp,
  clock,
  makeTemporaryFolder,
  never,
  type TemporaryFolder,
} from '../../test/backup-run.js';
import { realClient } from '../../test/fake-client.js';
import { countRows, makeSampleDatabase } from '../../test/sample-database.js';
import { withConnection } from '../database/connection.js';
import { differingTables } from '../database/fingerprint.js';
import { withDatabase } from '../database/libpq-environment.js';
import { dropDatabase, withMaintenanceConnection } from '../database/temporary-database.js';
import { fingerprintDatabase } from './load-dump.js';
import type { RestoreBackupOptions } from './options.js';
import { restoreBackup } from './restore-backup.js';

const known = ['2026-11-23-first', '2026-11-24-gateway'];

let sample: TestDatabase;
let live: TestDatabase;
let target: TemporaryFolder;
let made: Awaited<ReturnType<typeof backUp>>;
beforeAll(async () => {
  sample = await makeSampleDatabase();
});
afterAll(() => sample.drop());
beforeEach(async () => {
  target = makeTemporaryFolder();
  made = await backUp({ databaseUrl: sample.url, folder: target.folder });
  live = await makeTestDatabase({ empty: true });
});
afterEach(async () => {
  await live.drop();
  target.remove();
});

async function restore(options: Partial<RestoreBackupOptions> = {}) {
  return restoreBackup({
    file: made.file,
    manifest: made.manifest,
    client: await realClient(),
    databaseUrl: live.url,
    live: false,
    knownMigrations: known,
    beforeSwap: async () => undefined,
    timeoutMs: 120_000,
    signal: never,
    logger: makeLogSpy(),
    clock,
    ...options,
  });
}

/** Returns the names of the databases that a restore created beside this one. */
async function besides(): Promise<string[]> {
  const name = new URL(live.url).pathname.slice(1);
  const { rows } = await sample.database.raw<{ rows: { datname: string }[] }>(
    'SELECT datname FROM pg_database WHERE datname LIKE ?',
    [`${name}\\_%`],
  );
  return rows.map(({ datname }) => datname);
}
const hold = () => live.database.raw('CREATE TABLE held AS SELECT 7 AS value');
const held = async () => (await live.database('held').select('value'))[0]?.value;

test('an empty database is filled with every dumped row', async () => {
  const restored = await restore();
  expect(restored).toMatchObject({
    how: 'filled',
    created: false,
    keptAs: null,
    migrations: known,
  });
  const { tables } = await fingerprintDatabase(live.url, never);
  expect(differingTables(made.manifest.tables, tables)).toEqual([]);
  expect(await countRows(live, 'generations')).toBe(500);
});

test('an empty database is empty again after a failure, and can be filled', async () => {
  const [first, ...others] = made.manifest.tables;
  const tables = [{ name: 'x', checksum: '0', ...first, rows: 1_000_000 }, ...others];
  const manifest = { ...made.manifest, tables };
  await expect(restore({ manifest })).rejects.toMatchObject({ code: 'backup_invalid' });
  expect((await fingerprintDatabase(live.url, never)).tables).toEqual([]);
  expect(await restore()).toMatchObject({ how: 'filled', created: false });
  expect(await countRows(live, 'generations')).toBe(500);
});

test('a missing database is created', async () => {
  const name = `texas_new_${randomUUID().slice(0, 8)}`;
  const databaseUrl = withDatabase(live.url, name);
  try {
    expect(await restore({ databaseUrl })).toMatchObject({ how: 'filled', created: true });
    const { tables } = await fingerprintDatabase(databaseUrl, never);
    expect(differingTables(made.manifest.tables, tables)).toEqual([]);
  } finally {
    await withMaintenanceConnection(live.url, never, (connection) =>
      dropDatabase(connection, name),
    );
  }
});

test('a missing database is missing again after a failure', async () => {
  const name = `texas_new_${randomUUID().slice(0, 8)}`;
  const [first, ...others] = made.manifest.tables;
  const tables = [{ name: 'x', checksum: '0', ...first, rows: 1_000_000 }, ...others];
  const manifest = { ...made.manifest, tables };
  await expect(
    restore({ databaseUrl: withDatabase(live.url, name), manifest }),
  ).rejects.toMatchObject({ code: 'backup_invalid' });
  const { rows } = await sample.database.raw('SELECT FROM pg_database WHERE datname = ?', [name]);
  expect(rows).toEqual([]);
});

describe('a database that is not empty', () => {
  beforeEach(async () => {
    await hold();
  });

  test('is not changed by default', async () => {
    await expect(restore()).rejects.toMatchObject({ code: 'restore_target_not_empty' });
    expect([await held(), await besides()]).toEqual([7, []]);
  });

  test('is replaced while it is in use, once the new one is prepared', async () => {
    const prepared: number[] = [];
    let restored: unknown;
    let ended = false;
    const session = withConnection(live.url, never, async (_session, lost) => {
      restored = await restore({
        live: true,
        async beforeSwap(liveUrl, restoredUrl) {
          expect(liveUrl).toBe(live.url);
          const { tables } = await fingerprintDatabase(restoredUrl, never);
          prepared.push(tables.length);
        },
      });
      ended = lost.aborted;
    });
    // The session ended with its database.
    await expect(session).rejects.toMatchObject({ code: '57P01' });
    expect(ended).toBe(true);
    expect(restored).toMatchObject({ how: 'swapped', keptAs: null, migrations: known });
    expect(prepared).toEqual([made.manifest.tables.length]);
    const { tables } = await fingerprintDatabase(live.url, never);
    expect(differingTables(made.manifest.tables, tables)).toEqual([]);
    expect(await besides()).toEqual([]);
  });

  test('is kept under another name on request', async () => {
    const { keptAs } = await restore({ live: true, keepOld: true });
    expect(await besides()).toEqual([keptAs]);
    const old = withDatabase(live.url, keptAs ?? '');
    expect((await fingerprintDatabase(old, never)).tables.map(({ name }) => name)).toEqual([
      'held',
    ]);
    await withMaintenanceConnection(live.url, never, (each) => dropDatabase(each, keptAs ?? ''));
  });

  test.each<[string, (() => Partial<RestoreBackupOptions>) | (() => void), string]>([
    [
      'the new one cannot be prepared',
      () => ({ beforeSwap: () => Promise.reject(new Error('no')) }),
      'restore_failed',
    ],
    ['the backup is newer', () => ({ knownMigrations: known.slice(0, 1) }), 'backup_newer_schema'],
    [
      'the backup is newer, according to the dump itself',
      () => ({ knownMigrations: known.slice(0, 1), manifest: null }),
      'backup_newer_schema',
    ],
    ['one byte is flipped', () => flip(made.file), 'backup_invalid'],
    ['the dump is truncated', () => cut(made.file), 'backup_invalid'],
    [
      'the dump is truncated and has no manifest',
      () => {
        cut(made.file);
        return { manifest: null };
      },
      'backup_invalid',
    ],
    [
      'the dump is plain SQL',
      () => {
        writeFileSync(made.file, 'SELECT 1;\n');
        return { manifest: null };
      },
      'backup_invalid',
    ],
    ['the restore times out', () => ({ timeoutMs: 1 }), 'restore_failed'],
    ['the restore is aborted', () => ({ signal: AbortSignal.abort() }), 'restore_failed'],
  ])('is unchanged if %s', async (_what, prepare, code) => {
    const changes = prepare() ?? {};
    await expect(restore({ live: true, ...changes })).rejects.toMatchObject({ code });
    expect([await held(), await besides()]).toEqual([7, []]);
  });

  test('is unchanged if the dump is from another application', async () => {
    const other = await makeTestDatabase({ empty: true });
    try {
      await other.database.raw('CREATE TABLE blog AS SELECT 1 AS post');
      const foreign = await backUp({
        databaseUrl: other.url,
        folder: target.folder,
        id: randomUUID(),
      });
      const asked = restore({ live: true, file: foreign.file, manifest: null });
      await expect(asked).rejects.toMatchObject({ code: 'backup_invalid' });
    } finally {
      await other.drop();
    }
    expect([await held(), await besides()]).toEqual([7, []]);
  });
});

test('an encrypted backup is restored with its identity, and with no other', async () => {
  const [identity, stranger] = await Promise.all([generateIdentity(), generateIdentity()]);
  made = await backUp({
    databaseUrl: sample.url,
    folder: target.folder,
    id: randomUUID(),
    recipient: await identityToRecipient(identity),
  });
  expect(readFileSync(made.file).includes('generations')).toBe(false);
  for (const wrong of [undefined, stranger]) {
    await expect(restore({ identity: wrong })).rejects.toMatchObject({ code: 'backup_wrong_key' });
  }
  expect(await restore({ identity })).toMatchObject({ how: 'filled' });
  expect(await countRows(live, 'generations')).toBe(500);
});

function flip(file: string): void {
  const bytes = readFileSync(file);
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

function cut(file: string): void {
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.subarray(0, bytes.length - 1_000));
}
