import { mkdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { TexasError } from '@texas-ai/kernel';
import { makeTemporaryFolder, never, type TemporaryFolder } from '../../test/backup-run.js';
import { writeBackup } from '../../test/write-backup.js';
import type { Manifest } from '../files/manifest.js';
import { findOrDownloadBackup } from './find-backup.js';
import type { BackupTarget } from './target.js';

let here: TemporaryFolder;
let elsewhere: TemporaryFolder;
beforeEach(() => {
  here = makeTemporaryFolder();
  elsewhere = makeTemporaryFolder();
});
afterEach(() => {
  here.remove();
  elsewhere.remove();
});

const night = (day: number) => `2026-11-${day}T02:00:00Z`;
const write = (id: string, day: number, { folder } = here) => writeBackup(folder, id, night(day));

/** A target that holds these backups, newest first, and records downloads. */
function holding(...manifests: Manifest[]): BackupTarget & { downloaded: string[] } {
  const downloaded: string[] = [];
  return {
    name: 's3://backups',
    downloaded,
    upload: async () => undefined,
    list: async () => manifests,
    async download(name, folder) {
      downloaded.push(name);
      return join(folder, name);
    },
    remove: async () => undefined,
  };
}

const find = (named: string, ...targets: BackupTarget[]) =>
  findOrDownloadBackup({ folder: here.folder, targets }, named, '/downloaded', never);

describe('a backup named', () => {
  test('by its path is that file, in any folder', async () => {
    const { file } = write('a', 23, elsewhere);
    expect(await find(file)).toBe(file);
  });

  test('by its file name in the folder is not downloaded', async () => {
    const { file, manifest } = write('a', 23);
    const target = holding(manifest);
    expect(await find(manifest.file, target)).toBe(file);
    expect(target.downloaded).toEqual([]);
  });

  test('by its file name is downloaded if the file in the folder is truncated', async () => {
    const { file, manifest } = write('a', 23);
    truncateSync(file, 0);
    expect(await find(manifest.file, holding(manifest))).toBe(`/downloaded/${manifest.file}`);
    expect(await find(manifest.file, holding())).toBe(file);
  });

  test('by its file name on a target is downloaded from the first that has it', async () => {
    const { manifest } = write('a', 23, elsewhere);
    const targets = [holding(), holding(manifest), holding(manifest)] as const;
    expect(await find(manifest.file, ...targets)).toBe(`/downloaded/${manifest.file}`);
    expect(targets.map(({ downloaded }) => downloaded)).toEqual([[], [manifest.file], []]);
  });

  test.each([
    '',
    '.',
    '/',
    'sub',
    'texas-20261123T020000Z-a.dump',
    '../nothing',
    'x'.repeat(300),
    'a\0b',
  ])('%j, which is not a file, is not found', async (named) => {
    mkdirSync(join(here.folder, 'sub'));
    await expect(find(named, holding())).rejects.toMatchObject({ code: 'backup_invalid' });
  });
});

describe('the latest backup', () => {
  test('is the newest in the folder if no target has a newer one', async () => {
    write('a', 23);
    const { file } = write('b', 25);
    const target = holding(write('c', 24, elsewhere).manifest);
    expect(await find('latest', target)).toBe(file);
    expect(target.downloaded).toEqual([]);
  });

  test('is not downloaded if it is in the folder too', async () => {
    const { file, manifest } = write('a', 23);
    const target = holding(manifest);
    expect(await find('latest', target)).toBe(file);
    expect(target.downloaded).toEqual([]);
  });

  test('is downloaded from the target with the newest backup', async () => {
    write('a', 23);
    const [older, newer] = [write('b', 24, elsewhere), write('c', 25, elsewhere)];
    const targets = [holding(older.manifest), holding(newer.manifest, older.manifest)] as const;
    expect(await find('latest', ...targets)).toBe(`/downloaded/${newer.manifest.file}`);
    expect(targets.map(({ downloaded }) => downloaded)).toEqual([[], [newer.manifest.file]]);
  });

  test('is downloaded if the file in the folder is truncated', async () => {
    const { file, manifest } = write('b', 25);
    truncateSync(file, 0);
    expect(await find('latest', holding(manifest))).toBe(`/downloaded/${manifest.file}`);
  });

  test('is not found if there are no backups', async () => {
    await expect(find('latest', holding())).rejects.toMatchObject({ code: 'backup_invalid' });
  });
});

test('an unreachable target is an error, unless the file is in the folder', async () => {
  const { file, manifest } = write('a', 23);
  const away: BackupTarget = {
    ...holding(),
    list: () => Promise.reject(new TexasError('backup_target_unavailable', 'It is away.')),
  };
  expect(await find(manifest.file, away)).toBe(file);
  for (const named of ['latest', 'texas-20261124T020000Z-b.dump']) {
    await expect(find(named, away)).rejects.toMatchObject({ code: 'backup_target_unavailable' });
  }
});
