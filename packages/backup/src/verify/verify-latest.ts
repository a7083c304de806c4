import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { asTexasError, TexasError } from '@texas-ai/kernel';
import { findClientForServer } from '../database/client-for-server.js';
import { readManifest } from '../files/manifest.js';
import { manifestFileOf } from '../files/names.js';
import { findOrDownloadBackup } from '../places/find-backup.js';
import type { BackupRecord } from '../repository.js';
import type { RunBackupDeps } from '../run-backup.js';
import { verifyBackup } from './verify-backup.js';

export interface VerifyLatestDeps
  extends Pick<
    RunBackupDeps,
    | 'backups'
    | 'exclusively'
    | 'databaseUrl'
    | 'folder'
    | 'targets'
    | 'clientFolders'
    | 'timeoutMs'
    | 'logger'
  > {
  /** An age identity; null if none is configured. */
  identity: string | null;
}

/** Failures that prove a backup bad. */
const badCodes = new Set(['backup_invalid', 'backup_newer_format']);

/**
 * Verifies the last good backup by restoring it into a scratch database. Returns its record, or null if there is none.
 * A backup that fails is marked as bad. Rejects with `backup_invalid`, `backup_newer_format`, `backup_wrong_key` (also
 * if it is encrypted and no identity is configured), `restore_failed` if the verification could not be completed,
 * `storage_conflict` if another process holds the backup lock, or `storage_unavailable`.
 */
export async function verifyLatest(
  deps: VerifyLatestDeps,
  signal: AbortSignal,
): Promise<BackupRecord | null> {
  let verified: BackupRecord | null = null;
  const ran = await deps.exclusively(async () => {
    const record = await deps.backups.lastGood();
    if (!record) return;
    try {
      await verify(deps, record, signal);
    } catch (error) {
      if (signal.aborted) throw new TexasError('aborted', 'The verification was stopped.');
      const { code, message } = asTexasError(error);
      if (badCodes.has(code)) await deps.backups.bad(record.id, code, message);
      if (code === 'restore_failed') await deps.backups.unverified(record.id, code, message);
      throw error;
    }
    await deps.backups.verified(record.id);
    deps.logger.info('backup verified', { backupId: record.id, file: record.file });
    verified = record;
  });
  if (!ran) {
    throw new TexasError('storage_conflict', 'Another process is making or verifying a backup.');
  }
  return verified;
}

async function verify(
  deps: VerifyLatestDeps,
  record: BackupRecord,
  signal: AbortSignal,
): Promise<void> {
  const { databaseUrl, folder, identity, timeoutMs, logger } = deps;
  if (record.encrypted && identity === null) {
    throw new TexasError(
      'backup_wrong_key',
      'The backup is encrypted, but no identity is configured here: verify it where the identity is.',
    );
  }
  const name = record.file ?? '';
  const downloads = await mkdtemp(join(folder, 'fetched-'));
  try {
    const file = await findOrDownloadBackup(deps, name, downloads, signal);
    const manifest = await readManifest(manifestFileOf(file));
    const client = await findClientForServer(deps, signal);
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
    await rm(downloads, { recursive: true, force: true });
  }
}
