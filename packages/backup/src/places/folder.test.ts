import { mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { makeTemporaryFolder, type TemporaryFolder } from '../../test/backup-run.js';
import { writeBackup } from '../../test/write-backup.js';
import { manifestFileOf } from '../files/names.js';
import { listFolder, removeBackup } from './folder.js';

let here: TemporaryFolder;
beforeEach(() => {
  here = makeTemporaryFolder();
});
afterEach(() => here.remove());

const write = (id: string, day = 23) =>
  writeBackup(here.folder, id, `2026-11-${day}T02:00:00Z`, Buffer.from(`dump ${id}`));
const place = (name: string) => join(here.folder, name);
const listed = async () => (await listFolder(here.folder)).map(({ id }) => id);

describe('listing a folder', () => {
  test('returns its complete backups, newest first', async () => {
    const [middle, oldest, newest] = [write('a', 24), write('b', 23), write('c', 25)];
    expect(await listFolder(here.folder)).toEqual([
      newest.manifest,
      middle.manifest,
      oldest.manifest,
    ]);
  });

  test('that is missing returns none', async () => {
    expect(await listFolder(place('nothing'))).toEqual([]);
  });

  test('that is a file is an error', async () => {
    writeFileSync(place('file'), '');
    await expect(listFolder(place('file'))).rejects.toMatchObject({ code: 'backup_failed' });
  });

  test.each<[string, () => void]>([
    ["somebody's notes", () => writeFileSync(place('notes.txt'), 'mine')],
    ['a dump with a foreign name', () => writeFileSync(place('other.dump'), 'theirs')],
    [
      'a manifest with a foreign name',
      () => renameSync(manifestFileOf(write('b').file), place('b.json')),
    ],
    ['a dump without a manifest', () => rmSync(manifestFileOf(write('b').file))],
    ['a manifest without a dump', () => rmSync(write('b').file)],
    ['a truncated dump', () => truncateSync(write('b').file, 3)],
    ['a truncated manifest', () => truncateSync(manifestFileOf(write('b').file), 20)],
    ['a manifest of another dump', () => copyManifest('b', 'c')],
    ['a partial file', () => writePartially('b')],
    ['a link instead of a dump', () => link('b')],
    ['a folder instead of a manifest', () => mkdirSync(manifestFileOf(dumpPlace('b')))],
  ])('ignores %s', async (_what, spoil) => {
    write('a');
    spoil();
    expect(await listed()).toEqual(['a']);
  });
});

const dumpPlace = (id: string) => place(`texas-20261123T020000Z-${id}.dump`);

/** Stores one manifest under the name of another, as a careless copy would. */
function copyManifest(from: string, to: string): void {
  const { file } = write(from);
  renameSync(manifestFileOf(file), manifestFileOf(dumpPlace(to)));
}

function writePartially(id: string): void {
  const { file } = write(id);
  for (const each of [file, manifestFileOf(file)]) renameSync(each, `${each}.tmp`);
}

function link(id: string): void {
  const { file } = write(id);
  renameSync(file, place('elsewhere'));
  symlinkSync(place('elsewhere'), file);
}

describe('removing a backup', () => {
  test('removes its dump and manifest, and nothing else', async () => {
    const { manifest } = write('a');
    write('b');
    for (const other of ['notes.txt', `${manifest.file}.tmp`, `${manifest.file}.copy`]) {
      writeFileSync(place(other), 'mine');
    }
    const before = here.files();
    await removeBackup(here.folder, manifest);
    const gone = [manifest.file, manifestFileOf(manifest.file)];
    expect(here.files()).toEqual(before.filter((name) => !gone.includes(name)));
    expect(await listed()).toEqual(['b']);
  });

  test('removes the manifest of an encrypted dump too', async () => {
    const { file } = write('a');
    renameSync(file, `${file}.age`);
    await removeBackup(here.folder, { file: 'texas-20261123T020000Z-a.dump.age' });
    expect(here.files()).toEqual([]);
  });

  test('that does not exist succeeds', async () => {
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
  ])('by the name %j is rejected', async (file) => {
    write('a');
    writeFileSync(place('notes.txt'), 'mine');
    const before = here.files();
    await expect(removeBackup(here.folder, { file })).rejects.toMatchObject({
      code: 'backup_failed',
    });
    expect(here.files()).toEqual(before);
  });

  test('whose dump cannot be removed keeps its manifest', async () => {
    const { file, manifest } = write('a');
    rmSync(file);
    mkdirSync(file);
    await expect(removeBackup(here.folder, manifest)).rejects.toMatchObject({
      code: 'backup_failed',
    });
    expect(here.files()).toEqual([manifest.file, manifestFileOf(manifest.file)].sort());
  });
});
