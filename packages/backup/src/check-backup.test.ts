import { execFileSync } from 'node:child_process';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { PgClient } from '@texas-ai/postgres';
import { makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { backUp, makeTemporaryFolder, never } from '../test/backup-run.js';
import { realClient } from '../test/fake-client.js';
import { makeSampleDatabase } from '../test/sample-database.js';
import { checkBackup, checkContents, migrationsIn } from './check-backup.js';
import { connectionEnvironment } from './connection-environment.js';
import type { CreatedBackup } from './create-backup.js';
import { readManifest } from './manifest.js';

const target = makeTemporaryFolder();
let sample: TestDatabase;
let client: PgClient;
let made: CreatedBackup;
let sealed: CreatedBackup;
let identity: string;

beforeAll(async () => {
  sample = await makeSampleDatabase();
  client = await realClient();
  identity = await generateIdentity();
  const recipient = await identityToRecipient(identity);
  made = await backUp({ databaseUrl: sample.url, folder: target.folder });
  sealed = await backUp({
    databaseUrl: sample.url,
    folder: target.folder,
    id: 'sealed',
    recipient,
  });
});
afterAll(async () => {
  await sample.drop();
  target.remove();
});

/** A copy of a file's bytes, changed. */
function changed(change: (bytes: Buffer) => Buffer | undefined, from = made.file): string {
  const bytes = readFileSync(from);
  const file = join(target.folder, 'changed');
  writeFileSync(file, change(bytes) ?? bytes);
  return file;
}

const contents = (file: string, key?: string) =>
  checkContents({ file, client, ...(key !== undefined && { identity: key }) }, never);

test('a whole backup is fine, encrypted or not', async () => {
  expect(sealed.manifest).toMatchObject({ encrypted: true, file: expect.stringMatching(/\.age$/) });
  expect(readFileSync(sealed.file).includes('generations')).toBe(false);
  for (const { file, manifest } of [made, sealed]) {
    await checkBackup({ file, manifest });
    await contents(file, identity);
  }
});

test.each<[string, (bytes: Buffer) => Buffer | undefined]>([
  ['a file that is cut off', (bytes) => bytes.subarray(0, -1)],
  ['a file with one bit flipped', (bytes) => flip(bytes, bytes.length - 100)],
  ['an empty file', () => Buffer.alloc(0)],
])('%s is refused', async (_what, change) => {
  const file = changed(change);
  const { manifest } = made;
  await expect(checkBackup({ file, manifest })).rejects.toMatchObject({ code: 'backup_invalid' });
});

test('a file that is gone is refused', async () => {
  const checking = checkBackup({ file: join(target.folder, 'gone'), manifest: made.manifest });
  await expect(checking).rejects.toMatchObject({ code: 'backup_invalid' });
});

function flip(bytes: Buffer, at: number): undefined {
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
}

test.each<[string, string, (bytes: Buffer) => Buffer | undefined]>([
  ['a dump of SQL', 'backup_invalid', () => sqlDump()],
  ['text', 'backup_invalid', () => Buffer.from('hello '.repeat(200))],
  ['an empty file', 'backup_invalid', () => Buffer.alloc(0)],
  ['a dump that is cut off in its list', 'backup_invalid', (bytes) => bytes.subarray(0, 400)],
  ['a dump of a newer format', 'backup_newer_format', (bytes) => writeNewerVersion(bytes)],
])('%s is refused for what it is', async (_what, code, change) => {
  await expect(contents(changed(change))).rejects.toMatchObject({ code });
});

function sqlDump(): Buffer {
  const env = connectionEnvironment(sample.url);
  return execFileSync(client.pgDump, ['--format=plain'], { env });
}

/** PGDMP is followed by the version: major, minor, revision. */
function writeNewerVersion(bytes: Buffer): undefined {
  bytes.writeUInt8(99, 6);
}

test('a dump of another application is refused', async () => {
  const other = await makeTestDatabase({ empty: true });
  await other.database.raw('CREATE TABLE migrations (name text)');
  const { file } = await backUp({ databaseUrl: other.url, folder: target.folder, id: 'other' });
  await other.drop();
  await expect(contents(file)).rejects.toMatchObject({
    code: 'backup_invalid',
    details: { missing: ['generations'] },
  });
});

test('an encrypted dump opens with its own key alone', async () => {
  const wrong = await generateIdentity();
  for (const key of [wrong, 'AGE-SECRET-KEY-1NONSENSE', undefined]) {
    const failure = await contents(sealed.file, key).catch((failure) => failure);
    expect(failure).toMatchObject({ code: 'backup_wrong_key' });
    expect(String(failure)).not.toContain('NONSENSE');
  }
});

test('an encrypted dump that is damaged or cut off is invalid', async () => {
  const cut = changed((bytes) => bytes.subarray(0, 250), sealed.file);
  await expect(contents(cut, identity)).rejects.toMatchObject({ code: 'backup_invalid' });
  const damaged = changed((bytes) => flip(bytes, 400), sealed.file);
  await expect(contents(damaged, identity)).rejects.toMatchObject({ code: 'backup_invalid' });
});

test('the migrations of a dump are read without a database', async () => {
  for (const { file } of [made, sealed]) {
    expect(await migrationsIn({ file, client, identity }, never)).toEqual([
      '2026-11-23-first',
      '2026-11-24-gateway',
    ]);
  }
});

test.each([
  ['file', '../../etc/passwd'],
  ['file', 'notes.txt'],
  ['size', -1],
  ['sha256', 'abc'],
  ['application', 'other'],
  ['version', 2],
  ['kind', 'odd'],
  ['createdAt', 'yesterday'],
  ['tables', [{ name: 'a', rows: 1 }]],
  ['migrations', [1]],
])('a manifest whose %s is %j is refused', async (field, value) => {
  const file = join(target.folder, 'odd.json');
  writeFileSync(file, JSON.stringify({ ...made.manifest, [field]: value }));
  await expect(readManifest(file)).rejects.toMatchObject({
    code: 'backup_invalid',
    details: { field },
  });
});

test('a manifest that is missing or half written is refused', async () => {
  const missing = readManifest(join(target.folder, 'gone.json'));
  await expect(missing).rejects.toMatchObject({ code: 'backup_invalid' });
  const half = join(target.folder, 'half.json');
  writeFileSync(half, readFileSync(made.manifestFile));
  truncateSync(half, 50);
  await expect(readManifest(half)).rejects.toMatchObject({ code: 'backup_invalid' });
});
