import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { makeLogSpy, type TestDatabase } from '@texas-ai/testing';
import { backUp, makeTemporaryFolder, never, type TemporaryFolder } from '../../test/backup-run.js';
import { clientWithDump, realClient } from '../../test/fake-client.js';
import { makeSampleDatabase } from '../../test/sample-database.js';
import { readManifest } from '../files/manifest.js';
import { fingerprintDatabase } from '../restore/load-dump.js';
import { verifyBackup } from '../verify/verify-backup.js';
import { checkContents } from './check-dump.js';

let sample: TestDatabase;
let target: TemporaryFolder;
let scripts: TemporaryFolder;

beforeAll(async () => {
  sample = await makeSampleDatabase();
});
afterAll(() => sample.drop());
beforeEach(() => {
  target = makeTemporaryFolder();
  scripts = makeTemporaryFolder();
});
afterEach(() => {
  target.remove();
  scripts.remove();
});

const name = 'texas-20261130T023000Z-1f0c9a2b';

test('a backup is a dump readable by its owner only, and a manifest that describes it', async () => {
  const progress: number[] = [];
  const { folder } = target;
  const made = await backUp({
    databaseUrl: sample.url,
    folder,
    onProgress: (bytes) => progress.push(bytes),
  });
  expect(target.files()).toEqual([`${name}.dump`, `${name}.json`]);
  const bytes = readFileSync(made.file);
  expect(await readManifest(made.manifestFile)).toEqual(made.manifest);
  expect(made.manifest).toMatchObject({
    version: 1,
    application: 'texas-ai',
    id: '00000000-0000-4000-8000-00001f0c9a2b',
    kind: 'requested',
    file: `${name}.dump`,
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    encrypted: false,
    createdAt: '2026-11-30T02:30:00.5Z',
    serverVersion: expect.stringMatching(/^15\./),
    dumpVersion: expect.stringMatching(/^15\./),
    migrations: ['2026-11-23-first', '2026-11-24-gateway'],
  });
  expect(made.manifest.tables.map(({ name, rows }) => [name, rows])).toEqual([
    ['Odd "name', 3],
    ['bookings', 500],
    ['generations', 500],
    ['migrations', 2],
    ['nothing_yet', 0],
  ]);
  for (const file of [made.file, made.manifestFile]) {
    expect(statSync(file).mode & 0o777).toBe(0o600);
  }
  expect(progress.at(-1)).toBe(bytes.length);
  await checkContents({ file: made.file, client: await realClient() }, never);
});

test('rows written during the backup are neither in the dump nor in the manifest', async () => {
  const script = `psql -qc "INSERT INTO nothing_yet VALUES (1)" && exec $REAL "$@"`;
  const client = await clientWithDump(scripts.folder, script);
  const made = await backUp({ databaseUrl: sample.url, folder: target.folder, client });
  expect(made.manifest.tables).toContainEqual({ name: 'nothing_yet', rows: 0, checksum: '0' });
  const now = await fingerprintDatabase(sample.url, never);
  expect(now.tables).toContainEqual(expect.objectContaining({ name: 'nothing_yet', rows: 1 }));
  // The dump matches the manifest, so restoring it succeeds.
  const { file, manifest } = made;
  const scratch = { databaseUrl: sample.url, client: await realClient(), timeoutMs: 120_000 };
  await verifyBackup({ file, manifest, ...scratch, signal: never, logger: makeLogSpy() });
  await sample.database('nothing_yet').delete();
});

test('partial files of another backup are removed, and nothing else', async () => {
  const others = ['notes.tmp', 'texas-20261129T023000Z-aaaaaaaa.dump', 'other.dump.tmp'];
  const halves = ['dump.tmp', 'dump.age.tmp', 'json.tmp', 'json'].map((end) => `${name}.${end}`);
  for (const file of [...halves, 'texas-20261128T023000Z-aaaaaaaa.json', ...others]) {
    writeFileSync(join(target.folder, file), 'x');
  }
  const logger = makeLogSpy();
  await backUp({ databaseUrl: sample.url, folder: target.folder, logger });
  expect(target.files()).toEqual([...others, `${name}.dump`, `${name}.json`].sort());
  expect(logger.lines).toHaveLength(1);
});

test('the password is in the environment of pg_dump, not in its arguments', async () => {
  const script = `tr '\\0' '\\n' < /proc/$$/cmdline > $HERE/arguments
    printenv > $HERE/environment; echo "no entry for $PGPASSWORD here" >&2; exit 1`;
  const client = await clientWithDump(scripts.folder, script);
  const url = new URL(sample.url);
  url.username = `odd_${randomUUID().slice(0, 8)}`;
  url.password = 's%65cret%2Fpw';
  url.searchParams.set('sslmode', 'disable');
  await sample.database.raw(`CREATE ROLE ${url.username} SUPERUSER LOGIN PASSWORD 'secret/pw'`);
  const failing = backUp({ databaseUrl: url.href, folder: target.folder, client });
  await expect(failing).rejects.toMatchObject({
    code: 'backup_failed',
    details: { ended: 1, stderr: 'no entry for *** here' },
  });
  const read = (file: string) => readFileSync(join(scripts.folder, file), 'utf8');
  expect(read('arguments')).toContain('--format=custom\n--snapshot=');
  expect(read('arguments')).not.toMatch(/pw|ecret/);
  expect(read('environment')).toContain('PGPASSWORD=secret/pw\n');
  expect(read('environment')).toContain('PGSSLMODE=disable\n');
  await sample.database.raw(`DROP ROLE ${url.username}`);
});
