import { mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { makeTemporaryFolder, type TemporaryFolder } from '../test/backup-run.js';
import { writeBackup } from '../test/written-backup.js';
import { listFolder, removeBackup } from './folder.js';
import { manifestFileOf } from './names.js';

let here: TemporaryFolder;
beforeEach(() => {
  here = makeTemporaryFolder();
});
afterEach(() => here.remove());

const write = (id: string, day = 23) =>
  writeBackup(here.folder, id, `2026-11-${day}T02:00:00Z`, Buffer.from(`dump ${id}`));
const place = (name: string) => join(here.folder, name);
const listed = async () => (await listFolder(here.folder)).map(({ id }) => id);

describe('a folder', () => {
  test('tells of its whole backups, newest first', async () => {
    const [middle, oldest, newest] = [write('a', 24), write('b', 23), write('c', 25)];
    expect(await listFolder(here.folder)).toEqual([
      newest.manifest,
      middle.manifest,
      oldest.manifest,
    ]);
  });

  test('that is not there holds none', async () => {
    expect(await listFolder(place('nothing'))).toEqual([]);
  });

  test('that is a file is told of', async () => {
    writeFileSync(place('file'), '');
    await expect(listFolder(place('file'))).rejects.toMatchObject({ code: 'backup_failed' });
  });

  test.each<[string, () => void]>([
    ["somebody's notes", () => writeFileSync(place('notes.txt'), 'mine')],
    ['a dump of another name', () => writeFileSync(place('other.dump'), 'theirs')],
    [
      'a manifest of another name',
      () => renameSync(manifestFileOf(write('b').file), place('b.json')),
    ],
    ['a dump without its manifest', () => rmSync(manifestFileOf(write('b').file))],
    ['a manifest without its dump', () => rmSync(write('b').file)],
    ['a dump that is cut off', () => truncateSync(write('b').file, 3)],
    ['a manifest that is cut off', () => truncateSync(manifestFileOf(write('b').file), 20)],
    ['a manifest that tells of another dump', () => retell('b', 'c')],
    ['what is half written', () => halfWrite('b')],
    ['a link in the place of a dump', () => link('b')],
    ['a folder in the place of a manifest', () => mkdirSync(manifestFileOf(dumpPlace('b')))],
  ])('does not count %s', async (_what, spoil) => {
    write('a');
    spoil();
    expect(await listed()).toEqual(['a']);
  });
});

const dumpPlace = (id: string) => place(`texas-20261123T020000Z-${id}.dump`);

/** The manifest of one under the name of another, as a careless copy leaves it. */
function retell(from: string, to: string): void {
  const { file } = write(from);
  renameSync(manifestFileOf(file), manifestFileOf(dumpPlace(to)));
}

function halfWrite(id: string): void {
  const { file } = write(id);
  for (const each of [file, manifestFileOf(file)]) renameSync(each, `${each}.tmp`);
}

function link(id: string): void {
  const { file } = write(id);
  renameSync(file, place('elsewhere'));
  symlinkSync(place('elsewhere'), file);
}

describe('removing a backup', () => {
  test('takes its dump and its manifest and nothing else', async () => {
    const { manifest } = write('a');
    write('b');
    for (const foreign of ['notes.txt', `${manifest.file}.tmp`, `${manifest.file}.copy`]) {
      writeFileSync(place(foreign), 'mine');
    }
    const before = here.files();
    await removeBackup(here.folder, manifest);
    const gone = [manifest.file, manifestFileOf(manifest.file)];
    expect(here.files()).toEqual(before.filter((name) => !gone.includes(name)));
    expect(await listed()).toEqual(['b']);
  });

  test('of an encrypted one takes its manifest too', async () => {
    const { file } = write('a');
    renameSync(file, `${file}.age`);
    await removeBackup(here.folder, { file: 'texas-20261123T020000Z-a.dump.age' });
    expect(here.files()).toEqual([]);
  });

  test('that is gone is done', async () => {
    const { manifest } = write('a');
    await removeBackup(here.folder, manifest);
    await expect(removeBackup(here.folder, manifest)).resolves.toBeUndefined();
  });

  test.each([
    '',
    '.',
    'notes.txt',
    '../texas-20261123T020000Z-a.dump',
    'sub/texas-20261123T020000Z-a.dump',
    'texas-20261123T020000Z-a.json',
    'texas-20261123T020000Z-a.dump.tmp',
  ])('by the name %j is refused', async (file) => {
    write('a');
    writeFileSync(place('notes.txt'), 'mine');
    const before = here.files();
    await expect(removeBackup(here.folder, { file })).rejects.toMatchObject({
      code: 'backup_failed',
    });
    expect(here.files()).toEqual(before);
  });

  test('whose dump cannot go leaves its manifest', async () => {
    const { file, manifest } = write('a');
    rmSync(file);
    mkdirSync(file);
    await expect(removeBackup(here.folder, manifest)).rejects.toMatchObject({
      code: 'backup_failed',
    });
    expect(here.files()).toEqual([manifest.file, manifestFileOf(manifest.file)].sort());
  });
});
