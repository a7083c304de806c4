import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TexasError } from '@texas-ai/kernel';
import { codeOf } from './connection.js';
import { explained } from './failures.js';
import { type Manifest, readManifest } from './manifest.js';
import { isDumpName, isManifestName, manifestFileOf } from './names.js';
import { newestFirst } from './target.js';

/**
 * The whole backups of a folder, newest first; none where there is no folder. A manifest that is
 * broken, or whose dump is gone or of another size, counts for nothing.
 */
export async function listFolder(folder: string): Promise<Manifest[]> {
  const manifests: Manifest[] = [];
  for (const name of (await namesIn(folder)).filter(isManifestName)) {
    const manifest = await readManifest(join(folder, name)).catch(() => undefined);
    if (manifest === undefined || manifestFileOf(manifest.file) !== name) continue;
    if ((await sizeOf(join(folder, manifest.file))) === manifest.size) manifests.push(manifest);
  }
  return newestFirst(manifests);
}

/**
 * Removes a backup from its folder. The dump goes first: what a crash leaves is a manifest, which
 * counts for nothing without its dump. Rejects with `backup_failed`.
 */
export async function removeBackup(
  folder: string,
  { file }: Pick<Manifest, 'file'>,
): Promise<void> {
  if (!isDumpName(file)) throw new TexasError('backup_failed', 'This is not the name of a backup.');
  try {
    await rm(join(folder, file), { force: true });
    await rm(join(folder, manifestFileOf(file)), { force: true });
  } catch (failure) {
    throw explained(failure, 'backup_failed', folder);
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (failure) {
    if (codeOf(failure) === 'ENOENT') return [];
    throw explained(failure, 'backup_failed', folder);
  }
}

async function sizeOf(file: string): Promise<number | undefined> {
  const found = await lstat(file).catch(() => undefined);
  return found?.isFile() ? found.size : undefined;
}
