import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { findPgClient } from './find-programs.js';

// Major versions that do not exist, so that the PostgreSQL of this machine does not matter.

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'texas-find-programs-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Makes a folder of programs that print these versions. */
function install(name: string, programs: Readonly<Record<string, string>>): string {
  const folder = join(root, name);
  mkdirSync(folder);
  for (const [program, version] of Object.entries(programs)) {
    const file = join(folder, program);
    writeFileSync(file, `#!/bin/sh\necho "${program} (PostgreSQL) ${version}"\n`);
    chmodSync(file, 0o755);
  }
  return folder;
}

const both = (version: string) => ({ pg_dump: version, pg_restore: version });

test('the programs of the same major version come first', async () => {
  const folders = [install('newer', both('92.1')), install('same', both('91.4 (Odd 91.4-1)'))];
  expect(await findPgClient({ major: 91, folders })).toEqual({
    major: 91,
    version: '91.4',
    pgDump: join(root, 'same', 'pg_dump'),
    pgRestore: join(root, 'same', 'pg_restore'),
    env: {},
  });
});

test('without them, the oldest newer version is taken', async () => {
  const folders = [install('newest', both('94beta1')), install('newer', both('92.1'))];
  expect(await findPgClient({ major: 91, folders })).toMatchObject({ major: 92 });
});

test('older, mismatched and broken programs are ignored, and the error names the package to install', async () => {
  const folders = [
    install('older', both('90.9')),
    install('unequal', { pg_dump: '91.1', pg_restore: '90.9' }),
    install('lonely', { pg_dump: '91.1' }),
    join(root, 'gone'),
  ];
  const broken = install('broken', both('91.1'));
  writeFileSync(join(broken, 'pg_restore'), '#!/bin/sh\nexit 127\n');
  await expect(findPgClient({ major: 91, folders: [...folders, broken] })).rejects.toMatchObject({
    code: 'backup_client_missing',
    message: expect.stringContaining('postgresql-client-91'),
    details: { major: 91, found: expect.arrayContaining(['90.9']) },
  });
});
