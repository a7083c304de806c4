import { type Clock, type Logger, TexasError } from '@texas-ai/kernel';
import { findClientForServer } from './database/client-for-server.js';
import { createBackup } from './dump/create-backup.js';
import { asBackupFailure } from './failures.js';
import type { BackupTarget } from './places/target.js';
import type { BackupRecord, BackupRepository } from './repository.js';
import type { Retention } from './retention/expired-backups.js';
import { pruneBackups } from './retention/prune-backups.js';

export interface RunBackupDeps {
  backups: BackupRepository;
  /** Runs the work under the backup lock; resolves to false, without running it, if another process has the lock. */
  exclusively(work: () => Promise<void>): Promise<boolean>;
  databaseUrl: string;
  /** Where the dump is written. */
  folder: string;
  /** Where it is copied to. */
  targets: readonly BackupTarget[];
  /** Folders that may hold pg_dump and pg_restore. */
  clientFolders: readonly string[];
  /** An age recipient; null if dumps are not encrypted. */
  recipient: string | null;
  retention: Retention;
  /** Milliseconds for the dump, and for each copy. */
  timeoutMs: number;
  clock: Clock;
  logger: Logger;
}

/** The name of the folder in the list of places that hold a backup. */
export const folderPlaceName = 'folder';

/**
 * Runs a queued backup: dumps the database, copies the dump to every target, then removes expired backups. Returns
 * null if another process holds the backup lock or this backup is no longer queued. If a target failed, the record has an error.
 * Rejects with `backup_failed`, `backup_client_missing`, `storage_unavailable`, or `aborted` if the signal aborted:
 * the backup is queued again then.
 */
export async function runBackup(
  deps: RunBackupDeps,
  id: string,
  signal: AbortSignal,
  onProgress?: (bytes: number) => void,
): Promise<BackupRecord | null> {
  let made: BackupRecord | null = null;
  await deps.exclusively(async () => {
    const record = await deps.backups.begin(id);
    if (!record) return;
    try {
      made = await dumpAndCopy(deps, record, signal, onProgress);
    } catch (error) {
      if (signal.aborted) {
        await deps.backups.postponed(id);
        throw new TexasError('aborted', 'The backup was stopped before it was done.');
      }
      const failure = backupFailure(error);
      await deps.backups.failed(id, failure.code, failure.message);
      throw failure;
    }
    await pruneBackups(deps, signal);
  });
  return made;
}

async function dumpAndCopy(
  deps: RunBackupDeps,
  { id, kind }: BackupRecord,
  signal: AbortSignal,
  onProgress?: (bytes: number) => void,
): Promise<BackupRecord> {
  const { databaseUrl, folder, recipient, timeoutMs, clock, logger } = deps;
  const client = await findClientForServer(deps, signal);
  const { manifest, file, manifestFile } = await createBackup({
    databaseUrl,
    folder,
    id,
    kind,
    client,
    ...(recipient !== null && { recipient }),
    timeoutMs,
    ...(onProgress && { onProgress }),
    signal,
    logger,
    clock,
  });
  const places = [folderPlaceName];
  let error: BackupRecord['error'] = null;
  for (const target of deps.targets) {
    try {
      const copySignal = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      await target.upload(file, manifestFile, copySignal);
      places.push(target.name);
    } catch (failure) {
      const { code, message } = backupFailure(failure);
      logger.error('backup not copied', { backupId: id, target: target.name, error: failure });
      error = { code, message };
    }
  }
  const { file: name, size, sha256, encrypted } = manifest;
  logger.info('backup made', { backupId: id, file: name, size, places });
  return deps.backups.good(id, { file: name, size, sha256, encrypted, places, error });
}

function backupFailure(error: unknown): TexasError {
  const failure = asBackupFailure(error, 'backup_failed');
  if (failure.code.startsWith('backup_')) return failure;
  return new TexasError('backup_failed', `The backup failed: ${failure.message}`, { cause: error });
}
