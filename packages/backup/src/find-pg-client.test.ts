import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { makeTemporaryFolder, type TemporaryFolder } from '../test/backup-run.js';
import { findPgClient } from './find-pg-client.js';

// Majors that nobody has installed, so that what this machine has does not matter.

let target: TemporaryFolder;
beforeEach(() => {
  target = makeTemporaryFolder();
});
afterEach(() => target.remove());

/** A folder with programs that say they are of these versions. */
function install(name: string, programs: Readonly<Record<string, string>>): string {
  const folder = join(target.folder, name);
  mkdirSync(folder);
  for (const [program, version] of Object.entries(programs)) {
    const file = join(folder, program);
    writeFileSync(file, `#!/bin/sh\necho "${program} (PostgreSQL) ${version}"\n`);
    chmodSync(file, 0o755);
  }
  return folder;
}

const both = (version: string) => ({ pg_dump: version, pg_restore: version });

test('the programs of the same major come first, whatever else is there', async () => {
  const folders = [install('newer', both('92.1')), install('same', both('91.4 (Odd 91.4-1)'))];
  expect(await findPgClient({ major: 91, folders })).toEqual({
    major: 91,
    version: '91.4',
    pgDump: join(target.folder, 'same', 'pg_dump'),
    pgRestore: join(target.folder, 'same', 'pg_restore'),
    env: {},
  });
});

test('where there are none, the oldest that are newer', async () => {
  const folders = [install('newest', both('94beta1')), install('newer', both('92.1'))];
  expect(await findPgClient({ major: 91, folders })).toMatchObject({ major: 92 });
});

test('older, unequal or broken ones count for nothing, and it says what to install', async () => {
  const folders = [
    install('older', both('90.9')),
    install('unequal', { pg_dump: '91.1', pg_restore: '90.9' }),
    install('lonely', { pg_dump: '91.1' }),
    join(target.folder, 'gone'),
  ];
  const broken = install('broken', both('91.1'));
  writeFileSync(join(broken, 'pg_restore'), '#!/bin/sh\nexit 127\n');
  await expect(findPgClient({ major: 91, folders: [...folders, broken] })).rejects.toMatchObject({
    code: 'backup_client_missing',
    message: expect.stringContaining('postgresql-client-91'),
    details: { major: 91, found: expect.arrayContaining(['90.9']) },
  });
});
