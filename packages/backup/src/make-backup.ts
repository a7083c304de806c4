import { type Clock, type Logger, TexasError } from '@texas-ai/kernel';
import { findPgClient, type PgClient } from '@texas-ai/postgres';
import { type Connection, codeOf, noSuchDatabase, withConnection } from './connection.js';
import { createBackup } from './create-backup.js';
import { explained } from './failures.js';
import { type Keeping, keepBackups } from './keep-backups.js';
import type { BackupRecord, BackupRepository } from './records.js';
import type { BackupTarget } from './target.js';
import { withMaintenance } from './temporary-database.js';

export interface MakeBackupDeps {
  backups: BackupRepository;
  /** Does the work where nobody else is at it, and tells whether it did. */
  alone(work: () => Promise<void>): Promise<boolean>;
  databaseUrl: string;
  /** Where the dump goes first. */
  folder: string;
  /** Where it is copied to from there. */
  targets: readonly BackupTarget[];
  /** Folders that may hold pg_dump and pg_restore. */
  clientFolders: readonly string[];
  /** An age recipient; null where dumps are not encrypted. */
  recipient: string | null;
  keeping: Keeping;
  /** Milliseconds for the dump, and for each copy. */
  timeoutMs: number;
  clock: Clock;
  logger: Logger;
}

/** What the folder of the dumps is called among the places that hold a backup. */
export const folderPlace = 'folder';

/**
 * Makes the backup that was asked for, copies it to every target, and then removes what is too old.
 * Answers null where somebody else is at one, or it was made meanwhile; the record of one that a
 * target did not take has an error. Rejects with `backup_failed`, `backup_client_missing`, `aborted`
 * where the signal was, then another may go on, and `storage_unavailable`.
 */
export async function makeBackup(
  deps: MakeBackupDeps,
  id: string,
  signal: AbortSignal,
  onProgress?: (bytes: number) => void,
): Promise<BackupRecord | null> {
  let made: BackupRecord | null = null;
  await deps.alone(async () => {
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
    await keepBackups(deps, signal);
  });
  return made;
}

async function dumpAndCopy(
  deps: MakeBackupDeps,
  { id, kind }: BackupRecord,
  signal: AbortSignal,
  onProgress?: (bytes: number) => void,
): Promise<BackupRecord> {
  const { databaseUrl, folder, recipient, timeoutMs, clock, logger } = deps;
  const client = await clientFor(deps, signal);
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
  const places = [folderPlace];
  let error: BackupRecord['error'] = null;
  for (const target of deps.targets) {
    try {
      const inTime = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      await target.put(file, manifestFile, inTime);
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

/**
 * The programs that fit the server, also where it lacks the database. Rejects with `backup_client_missing`
 * or what connecting throws.
 */
export async function clientFor(
  { databaseUrl, clientFolders }: Pick<MakeBackupDeps, 'databaseUrl' | 'clientFolders'>,
  signal: AbortSignal,
): Promise<PgClient> {
  const majorOf = async (connection: Connection) => {
    const { rows } = await connection.query<{ version: string }>(
      `SELECT current_setting('server_version_num') AS version`,
    );
    return Math.floor(Number(rows[0]?.version) / 10_000);
  };
  const major = await withConnection(databaseUrl, signal, majorOf).catch((failure) => {
    if (codeOf(failure) !== noSuchDatabase) throw failure;
    return withMaintenance(databaseUrl, signal, majorOf);
  });
  return findPgClient({ major, folders: clientFolders });
}

function backupFailure(error: unknown): TexasError {
  const failure = explained(error, 'backup_failed');
  if (failure.code.startsWith('backup_')) return failure;
  return new TexasError('backup_failed', `The backup failed: ${failure.message}`, { cause: error });
}
