import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { TexasError } from '@texas-ai/kernel';
import { folderAsTarget, listFolder } from './folder.js';
import { type BackupTarget, sortNewestFirst } from './target.js';

export interface Places {
  folder: string;
  targets: readonly BackupTarget[];
}

/**
 * Returns the path of a dump, which is named by its path, by its file name in the folder or on a target, or as `latest`,
 * the newest of all. A target's dump is downloaded into `downloads`; it is preferred to an incomplete backup in the
 * folder. Rejects with `backup_invalid` if the dump is not found, and with `backup_target_unavailable`.
 */
export async function findOrDownloadBackup(
  { folder, targets }: Places,
  named: string,
  downloads: string,
  signal: AbortSignal,
): Promise<string> {
  if (named === 'latest') return findLatest({ folder, targets }, downloads, signal);
  if (isFile(named)) return named;
  const file = join(folder, named);
  const here = await listFolder(folder);
  if (here.some((each) => each.file === named)) return file;
  for (const target of targets) {
    const names = (await target.list(signal)).map(({ file }) => file);
    if (names.includes(named)) return target.download(named, downloads, signal);
  }
  if (basename(named) === named && isFile(file)) return file;
  throw new TexasError('backup_invalid', `There is no backup ${named}.`);
}

function isFile(file: string): boolean {
  return existsSync(file) && statSync(file).isFile();
}

async function findLatest(
  { folder, targets }: Places,
  downloads: string,
  signal: AbortSignal,
): Promise<string> {
  const newest = await Promise.all(
    [folderAsTarget(folder), ...targets].map(async (place) =>
      (await place.list(signal)).slice(0, 1).map((manifest) => ({ ...manifest, place })),
    ),
  );
  const [latest] = sortNewestFirst(newest.flat());
  if (latest) return latest.place.download(latest.file, downloads, signal);
  throw new TexasError('backup_invalid', `There is no backup in ${folder} or on a target.`);
}
