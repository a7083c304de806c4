import { mkdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { TexasError } from '@texas-ai/kernel';
import { makeTemporaryFolder, never, type TemporaryFolder } from '../test/backup-run.js';
import { writeBackup } from '../test/written-backup.js';
import { findBackup } from './find-backup.js';
import type { Manifest } from './manifest.js';
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

/** A target that holds these, newest first, and says what it was asked to bring. */
function storeWithRetry(...manifests: Manifest[]): BackupTarget & { fetched: string[] } {
  const fetched: string[] = [];
  return {
    name: 's3://backups',
    fetched,
    put: async () => undefined,
    list: async () => manifests,
    async fetch(name, folder) {
      fetched.push(name);
      return join(folder, name);
    },
    remove: async () => undefined,
  };
}

const find = (named: string, ...targets: BackupTarget[]) =>
  findBackup({ folder: here.folder, targets }, named, '/fetched', never);

describe('a backup that is named', () => {
  test('as a path is that file, wherever it is', async () => {
    const { file } = write('a', 23, elsewhere);
    expect(await find(file)).toBe(file);
  });

  test('as in the folder is there, and nothing is fetched', async () => {
    const { file, manifest } = write('a', 23);
    const target = storeWithRetry(manifest);
    expect(await find(manifest.file, target)).toBe(file);
    expect(target.fetched).toEqual([]);
  });

  test('and is cut off in the folder is fetched from a target that has it whole', async () => {
    const { file, manifest } = write('a', 23);
    truncateSync(file, 0);
    expect(await find(manifest.file, storeWithRetry(manifest))).toBe(`/fetched/${manifest.file}`);
    expect(await find(manifest.file, storeWithRetry())).toBe(file);
  });

  test('as on a target is fetched from the first that has it', async () => {
    const { manifest } = write('a', 23, elsewhere);
    const targets = [storeWithRetry(), storeWithRetry(manifest), storeWithRetry(manifest)] as const;
    expect(await find(manifest.file, ...targets)).toBe(`/fetched/${manifest.file}`);
    expect(targets.map(({ fetched }) => fetched)).toEqual([[], [manifest.file], []]);
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
  ])('%j and is no file is nowhere', async (named) => {
    mkdirSync(join(here.folder, 'sub'));
    await expect(find(named, storeWithRetry())).rejects.toMatchObject({ code: 'backup_invalid' });
  });
});

describe('the latest', () => {
  test('is that of the folder where no target has a newer one', async () => {
    write('a', 23);
    const { file } = write('b', 25);
    const target = storeWithRetry(write('c', 24, elsewhere).manifest);
    expect(await find('latest', target)).toBe(file);
    expect(target.fetched).toEqual([]);
  });

  test('is not fetched where the folder holds it too', async () => {
    const { file, manifest } = write('a', 23);
    const target = storeWithRetry(manifest);
    expect(await find('latest', target)).toBe(file);
    expect(target.fetched).toEqual([]);
  });

  test('is fetched from the target that has the newest of all', async () => {
    write('a', 23);
    const [older, newer] = [write('b', 24, elsewhere), write('c', 25, elsewhere)];
    const targets = [
      storeWithRetry(older.manifest),
      storeWithRetry(newer.manifest, older.manifest),
    ] as const;
    expect(await find('latest', ...targets)).toBe(`/fetched/${newer.manifest.file}`);
    expect(targets.map(({ fetched }) => fetched)).toEqual([[], [newer.manifest.file]]);
  });

  test('is fetched where that of the folder is cut off', async () => {
    const { file, manifest } = write('b', 25);
    truncateSync(file, 0);
    expect(await find('latest', storeWithRetry(manifest))).toBe(`/fetched/${manifest.file}`);
  });

  test('is nowhere where there is none', async () => {
    await expect(find('latest', storeWithRetry())).rejects.toMatchObject({
      code: 'backup_invalid',
    });
  });
});

test('a target that is away is told of, unless the file is here', async () => {
  const { file, manifest } = write('a', 23);
  const away: BackupTarget = {
    ...storeWithRetry(),
    list: () => Promise.reject(new TexasError('backup_target_unavailable', 'It is away.')),
  };
  expect(await find(manifest.file, away)).toBe(file);
  for (const named of ['latest', 'texas-20261124T020000Z-b.dump']) {
    await expect(find(named, away)).rejects.toMatchObject({ code: 'backup_target_unavailable' });
  }
});
