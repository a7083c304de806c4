import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { TexasError } from '@texas-ai/kernel';
import { listFolder } from './folder.js';
import { type BackupTarget, newestFirst } from './target.js';

export interface Places {
  folder: string;
  targets: readonly BackupTarget[];
}

/**
 * The file of a dump that is named: as a path, as it is called in the folder, or on a target, from
 * which it is brought into `fetched`. Where the folder's is no whole backup, a target's comes first. `latest` is the newest of them all. Rejects with
 * `backup_invalid` where it is nowhere, and `backup_target_unavailable`.
 */
export async function findBackup(
  { folder, targets }: Places,
  named: string,
  fetched: string,
  signal: AbortSignal,
): Promise<string> {
  if (named === 'latest') return findLatest({ folder, targets }, fetched, signal);
  if (isFile(named)) return named;
  const file = join(folder, named);
  const here = await listFolder(folder);
  if (here.some((each) => each.file === named)) return file;
  for (const target of targets) {
    const names = (await target.list(signal)).map(({ file }) => file);
    if (names.includes(named)) return target.fetch(named, fetched, signal);
  }
  if (basename(named) === named && isFile(file)) return file;
  throw new TexasError('backup_invalid', `There is no backup ${named}.`);
}

function isFile(file: string): boolean {
  return existsSync(file) && statSync(file).isFile();
}

async function findLatest(
  { folder, targets }: Places,
  fetched: string,
  signal: AbortSignal,
): Promise<string> {
  const [here] = await listFolder(folder);
  const elsewhere = await Promise.all(
    targets.map(async (target) => ({ target, newest: (await target.list(signal))[0] })),
  );
  const [latest] = newestFirst(
    [here, ...elsewhere.map(({ newest }) => newest)].flatMap((each) => each ?? []),
  );
  if (!latest)
    throw new TexasError('backup_invalid', `There is no backup in ${folder} or elsewhere.`);
  if (here && latest.id === here.id) return join(folder, here.file);
  const holder = elsewhere.find(({ newest }) => newest?.id === latest.id);
  if (!holder) throw new TexasError('backup_invalid', `There is no backup ${latest.file}.`);
  return holder.target.fetch(latest.file, fetched, signal);
}
