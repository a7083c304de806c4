import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import { makeLogSpy } from '@texas-ai/testing';
import { makeTemporaryFolder, never, type TemporaryFolder } from '../../test/backup-run.js';
import { writeBackup } from '../../test/write-backup.js';
import type { Manifest } from '../files/manifest.js';
import { listFolder } from '../places/folder.js';
import type { BackupTarget } from '../places/target.js';
import { type PruneBackupsDeps, pruneBackups } from './prune-backups.js';

let here: TemporaryFolder;
let there: Manifest[];
let removed: string[];
let target: BackupTarget;
beforeEach(() => {
  here = makeTemporaryFolder();
  there = [];
  removed = [];
  target = {
    name: 's3://backups',
    upload: async () => undefined,
    list: async () => there,
    download: async (name, folder) => join(folder, name),
    remove: async (name) => void removed.push(name),
  };
});
afterEach(() => here.remove());

const night = (day: number) => `2026-11-${day}T02:00:00Z`;
const write = (id: string, day: number) => writeBackup(here.folder, id, night(day)).manifest;

/** Keeps two days; returns the ids of pruned records. */
async function keep(changes: Partial<PruneBackupsDeps> = {}, bad: string[] = []) {
  const pruned: string[] = [];
  const logger = makeLogSpy();
  const backups = {
    list: async () => bad.map((id) => ({ id, state: 'bad' })),
    pruned: async (ids: readonly string[]) => void pruned.push(...ids),
  } as unknown as PruneBackupsDeps['backups'];
  await pruneBackups(
    {
      backups,
      folder: here.folder,
      targets: [target],
      retention: { daily: 2, weekly: 0, monthly: 0, timeZone: 'UTC' },
      clock: { now: () => Temporal.Instant.from('2026-11-25T12:00:00Z') },
      logger,
      ...changes,
    },
    never,
  );
  return { pruned, logger };
}

test('expired backups are removed from every place; foreign files stay', async () => {
  const written = [write('aaaaaaaa', 23), write('bbbbbbbb', 24), write('cccccccc', 25)];
  const [, second, newest] = written;
  const file = 'texas-20261110T020000Z-dddddddd.dump';
  there = [newest, second].flatMap((each) => each ?? []);
  there.push({ ...written[0], id: 'dddddddd', file, createdAt: night(10) } as Manifest);
  const foreign = ['notes.txt', 'texas-20200101T020000Z-eeeeeeee.dump', 'other.dump', 'other.json'];
  for (const name of foreign) writeFileSync(join(here.folder, name), 'somebody else wrote it');
  mkdirSync(join(here.folder, 'texas-20200101T020000Z-ffffffff.dump'));
  const { pruned } = await keep();
  expect(pruned).toEqual(['aaaaaaaa', 'dddddddd']);
  expect(removed).toEqual([file]);
  expect(readdirSync(here.folder)).toEqual(expect.arrayContaining(foreign));
  expect((await listFolder(here.folder)).map(({ id }) => id)).toEqual(['cccccccc', 'bbbbbbbb']);
});

test('a bad backup does not replace a good one', async () => {
  for (const [id, day] of [
    ['aaaaaaaa', 23],
    ['bbbbbbbb', 24],
    ['cccccccc', 25],
  ] as const) {
    write(id, day);
  }
  expect((await keep({}, ['cccccccc'])).pruned).toEqual([]);
});

test('a place that fails is logged and does not affect the others', async () => {
  write('aaaaaaaa', 20);
  write('bbbbbbbb', 24);
  write('cccccccc', 25);
  target.list = () => Promise.reject(new Error('away'));
  const { pruned, logger } = await keep();
  expect(pruned).toEqual(['aaaaaaaa']);
  expect(logger.lines.map(({ level }) => level)).toEqual(['info', 'warn']);
});
