import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { makeTemporaryFolder } from '../../test/backup-run.js';
import { writeBackup } from '../../test/write-backup.js';
import { readManifest } from './manifest.js';
import { manifestFileOf } from './names.js';

const target = makeTemporaryFolder();
const made = writeBackup(target.folder, 'a', '2026-11-30T02:30:00Z');
afterAll(() => target.remove());

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
])('a manifest whose %s is %j is rejected', async (field, value) => {
  const file = join(target.folder, 'odd.json');
  writeFileSync(file, JSON.stringify({ ...made.manifest, [field]: value }));
  await expect(readManifest(file)).rejects.toMatchObject({
    code: 'backup_invalid',
    details: { field },
  });
});

test('a missing or truncated manifest is rejected', async () => {
  const missing = readManifest(join(target.folder, 'gone.json'));
  await expect(missing).rejects.toMatchObject({ code: 'backup_invalid' });
  const half = join(target.folder, 'half.json');
  writeFileSync(half, readFileSync(manifestFileOf(made.file)));
  truncateSync(half, 50);
  await expect(readManifest(half)).rejects.toMatchObject({ code: 'backup_invalid' });
});
