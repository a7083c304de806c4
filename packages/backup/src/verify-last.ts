import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { asTexasError, TexasError } from '@texas-ai/kernel';
import { findBackup } from './find-backup.js';
import { clientFor, type MakeBackupDeps } from './make-backup.js';
import { readManifest } from './manifest.js';
import { manifestFileOf } from './names.js';
import type { BackupRecord } from './records.js';
import { verifyBackup } from './verify-backup.js';

export interface VerifyLastDeps
  extends Pick<
    MakeBackupDeps,
    | 'backups'
    | 'alone'
    | 'databaseUrl'
    | 'folder'
    | 'targets'
    | 'clientFolders'
    | 'timeoutMs'
    | 'logger'
  > {
  /** An age identity; null where there is none here. */
  identity: string | null;
}

/** Failures that are the backup's own. */
const faults = new Set(['backup_invalid', 'backup_newer_format']);

/**
 * Restores the last good backup into a scratch database and compares. Answers it, or null where there
 * is none. One that is not what it should be counts for nothing from then on. Rejects with
 * `backup_invalid`, `backup_newer_format`, `backup_wrong_key` (also where it is encrypted and no
 * identity is here), `restore_failed` where it could not be found out, `storage_conflict` where somebody else is at the
 * backups, `storage_unavailable`.
 */
export async function verifyLast(
  deps: VerifyLastDeps,
  signal: AbortSignal,
): Promise<BackupRecord | null> {
  let verified: BackupRecord | null = null;
  const done = await deps.alone(async () => {
    const record = await deps.backups.lastGood();
    if (!record) return;
    try {
      await verify(deps, record, signal);
    } catch (error) {
      if (signal.aborted) throw new TexasError('aborted', 'The verification was stopped.');
      const { code, message } = asTexasError(error);
      if (faults.has(code)) await deps.backups.bad(record.id, code, message);
      if (code === 'restore_failed') await deps.backups.unverified(record.id, code, message);
      throw error;
    }
    await deps.backups.verified(record.id);
    deps.logger.info('backup verified', { backupId: record.id, file: record.file });
    verified = record;
  });
  if (!done) throw new TexasError('storage_conflict', 'Somebody else is at the backups.');
  return verified;
}

async function verify(
  deps: VerifyLastDeps,
  record: BackupRecord,
  signal: AbortSignal,
): Promise<void> {
  const { databaseUrl, folder, identity, timeoutMs, logger } = deps;
  if (record.encrypted && identity === null) {
    throw new TexasError(
      'backup_wrong_key',
      'The backup is encrypted and no identity is configured here: verify it where the identity is.',
    );
  }
  const name = record.file ?? '';
  const fetched = await mkdtemp(join(folder, 'fetched-'));
  try {
    const file = await findBackup(deps, name, fetched, signal);
    const manifest = await readManifest(manifestFileOf(file));
    const client = await clientFor(deps, signal);
    await verifyBackup({
      file,
      manifest,
      databaseUrl,
      client,
      ...(identity !== null && { identity }),
      timeoutMs,
      signal,
      logger,
    });
  } finally {
    await rm(fetched, { recursive: true, force: true });
  }
}
