import type { Clock, Logger } from '@texas-ai/kernel';
import { listFolder, removeBackup } from './folder.js';
import type { Manifest } from './manifest.js';
import { type Retention, toPrune } from './prune.js';
import type { BackupRepository } from './records.js';
import type { BackupTarget } from './target.js';

export interface Keeping extends Retention {
  /** IANA zone of the days. */
  timeZone: string;
}

export interface KeepBackupsDeps {
  backups: Pick<BackupRepository, 'list' | 'pruned'>;
  folder: string;
  targets: readonly BackupTarget[];
  keeping: Keeping;
  clock: Clock;
  logger: Logger;
}

/** More than anybody keeps. */
const mostRecords = 10_000;

/**
 * Removes what is older than backups are kept, in the folder and on every target, by their manifests:
 * what has none of ours stays. To be done after a success alone. A place that fails is left for the
 * next time; it never rejects.
 */
export async function keepBackups(deps: KeepBackupsDeps, signal: AbortSignal): Promise<void> {
  const { folder, targets, logger } = deps;
  const places: Place[] = [
    {
      name: folder,
      list: () => listFolder(folder),
      remove: (manifest) => removeBackup(folder, manifest),
    },
    ...targets.map((target) => ({
      name: target.name,
      list: () => target.list(signal),
      remove: ({ file }: Manifest) => target.remove(file, signal),
    })),
  ];
  for (const place of places) {
    try {
      const removed = await keepIn(deps, place);
      if (removed.length > 0) logger.info('old backups removed', { place: place.name, removed });
    } catch (error) {
      logger.warn('old backups not removed', { place: place.name, error });
    }
  }
}

interface Place {
  name: string;
  list(): Promise<Manifest[]>;
  remove(manifest: Manifest): Promise<void>;
}

async function keepIn(
  { backups, keeping, clock }: KeepBackupsDeps,
  place: Place,
): Promise<string[]> {
  const records = await backups.list({ limit: mostRecords });
  const bad = new Set(records.filter(({ state }) => state === 'bad').map(({ id }) => id));
  const found = (await place.list()).map((manifest) => {
    const { id, kind, createdAt } = manifest;
    return { manifest, kind, createdAt, good: !bad.has(id) };
  });
  const { timeZone } = keeping;
  const old = toPrune(found, keeping, { timeZone, now: clock.now() });
  for (const { manifest } of old) await place.remove(manifest);
  await backups.pruned(old.map(({ manifest }) => manifest.id));
  return old.map(({ manifest }) => manifest.file);
}
