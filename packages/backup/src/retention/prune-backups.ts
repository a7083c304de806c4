import type { Clock, Logger } from '@texas-ai/kernel';
import { folderAsTarget } from '../places/folder.js';
import type { BackupTarget } from '../places/target.js';
import type { BackupRepository } from '../repository.js';
import { expiredBackups, type Retention } from './expired-backups.js';

export interface PruneBackupsDeps {
  backups: Pick<BackupRepository, 'list' | 'pruned'>;
  folder: string;
  targets: readonly BackupTarget[];
  retention: Retention;
  clock: Clock;
  logger: Logger;
}

/** More than any retention policy keeps. */
const maxRecords = 10_000;

/**
 * Removes expired backups from the folder and every target; files without a manifest of ours stay. To be run only
 * after a successful backup. Never rejects: a place that fails is retried next time.
 */
export async function pruneBackups(deps: PruneBackupsDeps, signal: AbortSignal): Promise<void> {
  const { folder, targets, logger } = deps;
  for (const place of [folderAsTarget(folder), ...targets]) {
    try {
      const removed = await prunePlace(deps, place, signal);
      if (removed.length > 0) logger.info('old backups removed', { place: place.name, removed });
    } catch (error) {
      logger.warn('old backups not removed', { place: place.name, error });
    }
  }
}

async function prunePlace(
  { backups, retention, clock }: PruneBackupsDeps,
  place: Pick<BackupTarget, 'list' | 'remove'>,
  signal: AbortSignal,
): Promise<string[]> {
  const records = await backups.list({ limit: maxRecords });
  const bad = new Set(records.filter(({ state }) => state === 'bad').map(({ id }) => id));
  const found = (await place.list(signal)).map((manifest) => {
    const { id, kind, createdAt } = manifest;
    return { manifest, kind, createdAt, good: !bad.has(id) };
  });
  const expired = expiredBackups(found, retention, clock.now());
  for (const { manifest } of expired) await place.remove(manifest.file, signal);
  await backups.pruned(expired.map(({ manifest }) => manifest.id));
  return expired.map(({ manifest }) => manifest.file);
}
