import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { PgClient } from '@texas-ai/postgres';
import { makeLogSpy, type TestDatabase, until } from '@texas-ai/testing';
import { backUp, makeTemporaryFolder, never } from '../../test/backup-run.js';
import { clientWithRestore, realClient } from '../../test/fake-client.js';
import { makeSampleDatabase } from '../../test/sample-database.js';
import type { CreatedBackup } from '../dump/create-backup.js';
import { type VerifyBackupOptions, verifyBackup } from './verify-backup.js';

const target = makeTemporaryFolder();
let sample: TestDatabase;
let made: CreatedBackup;
let client: PgClient;

beforeAll(async () => {
  sample = await makeSampleDatabase();
  made = await backUp({ databaseUrl: sample.url, folder: target.folder });
  client = await realClient();
});
afterAll(async () => {
  await sample.drop();
  target.remove();
});
// Other tests verify on the same server meanwhile: their databases are gone soon, a leftover would stay.
afterEach(() => until(async () => (await scratchDatabases()).length === 0));

async function scratchDatabases(): Promise<unknown[]> {
  const { rows } = await sample.database.raw(
    `SELECT datname FROM pg_database WHERE datname LIKE 'texas\\_verify\\_%'`,
  );
  return rows;
}

function verify(options: Partial<VerifyBackupOptions> = {}): Promise<void> {
  return verifyBackup({
    file: made.file,
    manifest: made.manifest,
    databaseUrl: sample.url,
    client,
    timeoutMs: 120_000,
    signal: never,
    logger: makeLogSpy(),
    ...options,
  });
}

test('a backup restores to the contents in its manifest, even if the database has changed', async () => {
  await sample.database('bookings').delete();
  await expect(verify()).resolves.toBeUndefined();
});

test('tables that differ from the manifest are named', async () => {
  const tables = made.manifest.tables.flatMap((table) => {
    if (table.name === 'bookings') return [];
    return [table.name === 'migrations' ? { ...table, rows: table.rows + 1 } : table];
  });
  await expect(verify({ manifest: { ...made.manifest, tables } })).rejects.toMatchObject({
    code: 'backup_invalid',
    details: { tables: ['bookings', 'migrations'] },
  });
});

test('a changed value is detected even if the number of rows is the same', async () => {
  const script = `if [ "$1" = --list ]; then exec $REAL "$@"; fi
    $REAL "$@" && psql -q -d "\${7#--dbname=}" -c "UPDATE generations SET cost = cost + 0.000001 WHERE number = 7"`;
  const scripts = makeTemporaryFolder();
  const tampering = await clientWithRestore(scripts.folder, script);
  await expect(verify({ client: tampering })).rejects.toMatchObject({
    code: 'backup_invalid',
    details: { tables: ['generations'] },
  });
  scripts.remove();
});

test('a leftover scratch database is dropped; one in use stays', async () => {
  const dead = 'texas_verify_00000000dead';
  await sample.database.raw(`CREATE DATABASE ${dead}`);
  const both = await Promise.all([verify(), verify()]);
  expect(both).toEqual([undefined, undefined]);
});

test('a restore that hangs is killed on timeout, and its database is dropped', async () => {
  const scripts = makeTemporaryFolder();
  const hanging = await clientWithRestore(scripts.folder, 'sleep 1000 & wait');
  await expect(verify({ client: hanging, timeoutMs: 300 })).rejects.toMatchObject({
    code: 'restore_failed',
    message: 'The verification took longer than 0.3 s and was stopped.',
  });
  scripts.remove();
});
