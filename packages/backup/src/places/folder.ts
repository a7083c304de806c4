import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TexasError } from '@texas-ai/kernel';
import { errorCode } from '../database/connection.js';
import { asBackupFailure } from '../failures.js';
import { type Manifest, readManifest } from '../files/manifest.js';
import { isDumpName, isManifestName, manifestFileOf } from '../files/names.js';
import { type BackupTarget, sortNewestFirst } from './target.js';

/** The folder that backups are written to, with the methods of a target. */
export function folderAsTarget(folder: string): Omit<BackupTarget, 'upload'> {
  return {
    name: folder,
    list: () => listFolder(folder),
    download: async (file) => join(folder, file),
    remove: (file) => removeBackup(folder, { file }),
  };
}

/**
 * Returns the complete backups in a folder, newest first; none if the folder is missing. Ignores manifests that are
 * invalid, or whose dump is missing or has another size.
 */
export async function listFolder(folder: string): Promise<Manifest[]> {
  const manifests: Manifest[] = [];
  for (const name of (await namesIn(folder)).filter(isManifestName)) {
    const manifest = await readManifest(join(folder, name)).catch(() => undefined);
    if (manifest === undefined || manifestFileOf(manifest.file) !== name) continue;
    if ((await sizeOf(join(folder, manifest.file))) === manifest.size) manifests.push(manifest);
  }
  return sortNewestFirst(manifests);
}

/**
 * Removes a backup from its folder. The dump is removed first, since a crash may leave the other file, and a manifest
 * without a dump is ignored. Rejects with `backup_failed`.
 */
export async function removeBackup(
  folder: string,
  { file }: Pick<Manifest, 'file'>,
): Promise<void> {
  if (!isDumpName(file))
    throw new TexasError('backup_failed', 'This is not the file name of a backup.');
  try {
    await rm(join(folder, file), { force: true });
    await rm(join(folder, manifestFileOf(file)), { force: true });
  } catch (failure) {
    throw asBackupFailure(failure, 'backup_failed', folder);
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (failure) {
    if (errorCode(failure) === 'ENOENT') return [];
    throw asBackupFailure(failure, 'backup_failed', folder);
  }
}

async function sizeOf(file: string): Promise<number | undefined> {
  const found = await lstat(file).catch(() => undefined);
  return found?.isFile() ? found.size : undefined;
}
