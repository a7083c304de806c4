import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { PgClient } from '@texas-ai/postgres';
import { makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { backUp, makeTemporaryFolder, never } from '../../test/backup-run.js';
import { realClient } from '../../test/fake-client.js';
import { makeSampleDatabase } from '../../test/sample-database.js';
import { libpqEnvironment } from '../database/libpq-environment.js';
import { checkContents, checkFile, readMigrations } from './check-dump.js';
import type { CreatedBackup } from './create-backup.js';

const target = makeTemporaryFolder();
let sample: TestDatabase;
let client: PgClient;
let made: CreatedBackup;
let encrypted: CreatedBackup;
let identity: string;

beforeAll(async () => {
  sample = await makeSampleDatabase();
  client = await realClient();
  identity = await generateIdentity();
  const recipient = await identityToRecipient(identity);
  made = await backUp({ databaseUrl: sample.url, folder: target.folder });
  encrypted = await backUp({
    databaseUrl: sample.url,
    folder: target.folder,
    id: 'encrypted',
    recipient,
  });
});
afterAll(async () => {
  await sample.drop();
  target.remove();
});

/** Writes a changed copy of a file. */
function changed(change: (bytes: Buffer) => Buffer | undefined, from = made.file): string {
  const bytes = readFileSync(from);
  const file = join(target.folder, 'changed');
  writeFileSync(file, change(bytes) ?? bytes);
  return file;
}

const contents = (file: string, key?: string) =>
  checkContents({ file, client, ...(key !== undefined && { identity: key }) }, never);

test('a complete backup is valid, encrypted or not', async () => {
  expect(encrypted.manifest).toMatchObject({
    encrypted: true,
    file: expect.stringMatching(/\.age$/),
  });
  expect(readFileSync(encrypted.file).includes('generations')).toBe(false);
  for (const { file, manifest } of [made, encrypted]) {
    await checkFile({ file, manifest });
    await contents(file, identity);
  }
});

test.each<[string, (bytes: Buffer) => Buffer | undefined]>([
  ['a truncated file', (bytes) => bytes.subarray(0, -1)],
  ['a file with one bit flipped', (bytes) => flip(bytes, bytes.length - 100)],
  ['an empty file', () => Buffer.alloc(0)],
])('%s is rejected', async (_what, change) => {
  const file = changed(change);
  const { manifest } = made;
  await expect(checkFile({ file, manifest })).rejects.toMatchObject({ code: 'backup_invalid' });
});

test('a missing file is rejected', async () => {
  const checking = checkFile({ file: join(target.folder, 'gone'), manifest: made.manifest });
  await expect(checking).rejects.toMatchObject({ code: 'backup_invalid' });
});

function flip(bytes: Buffer, at: number): undefined {
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
}

test.each<[string, string, (bytes: Buffer) => Buffer | undefined]>([
  ['a dump in plain SQL', 'backup_invalid', () => sqlDump()],
  ['text', 'backup_invalid', () => Buffer.from('hello '.repeat(200))],
  ['an empty file', 'backup_invalid', () => Buffer.alloc(0)],
  [
    'a dump truncated in its table of contents',
    'backup_invalid',
    (bytes) => bytes.subarray(0, 400),
  ],
  ['a dump of a newer format', 'backup_newer_format', (bytes) => writeNewerVersion(bytes)],
])('%s is not a readable dump', async (_what, code, change) => {
  await expect(contents(changed(change))).rejects.toMatchObject({ code });
});

function sqlDump(): Buffer {
  const env = libpqEnvironment(sample.url);
  return execFileSync(client.pgDump, ['--format=plain'], { env });
}

/** PGDMP is followed by the version: major, minor, revision. */
function writeNewerVersion(bytes: Buffer): undefined {
  bytes.writeUInt8(99, 6);
}

test('a dump of another application is rejected', async () => {
  const other = await makeTestDatabase({ empty: true });
  await other.database.raw('CREATE TABLE migrations (name text)');
  const { file } = await backUp({ databaseUrl: other.url, folder: target.folder, id: 'other' });
  await other.drop();
  await expect(contents(file)).rejects.toMatchObject({
    code: 'backup_invalid',
    details: { missing: ['generations'] },
  });
});

test('an encrypted dump can only be read with its own key', async () => {
  const wrong = await generateIdentity();
  for (const key of [wrong, 'AGE-SECRET-KEY-1NONSENSE', undefined]) {
    const failure = await contents(encrypted.file, key).catch((failure) => failure);
    expect(failure).toMatchObject({ code: 'backup_wrong_key' });
    expect(String(failure)).not.toContain('NONSENSE');
  }
});

test('a damaged or truncated encrypted dump is invalid', async () => {
  const cut = changed((bytes) => bytes.subarray(0, 250), encrypted.file);
  await expect(contents(cut, identity)).rejects.toMatchObject({ code: 'backup_invalid' });
  const damaged = changed((bytes) => flip(bytes, 400), encrypted.file);
  await expect(contents(damaged, identity)).rejects.toMatchObject({ code: 'backup_invalid' });
});

test('migrations are read from a dump without a database', async () => {
  for (const { file } of [made, encrypted]) {
    expect(await readMigrations({ file, client, identity }, never)).toEqual([
      '2026-11-23-first',
      '2026-11-24-gateway',
    ]);
  }
});
