import type { Logger } from '@texas-ai/kernel';
import { withTimeout } from '../abortable.js';
import { withDatabase } from '../database/libpq-environment.js';
import { withTemporaryDatabase } from '../database/temporary-database.js';
import type { Archive } from '../dump/archive.js';
import { checkContents, checkFile } from '../dump/check-dump.js';
import { asBackupFailure } from '../failures.js';
import type { Manifest } from '../files/manifest.js';
import { assertMatchesManifest, fingerprintDatabase, loadDump } from '../restore/load-dump.js';

export interface VerifyBackupOptions extends Archive {
  manifest: Manifest;
  /** The database that was backed up; the scratch database is created on its server. */
  databaseUrl: string;
  /** Milliseconds for the whole verification. */
  timeoutMs: number;
  signal: AbortSignal;
  logger: Logger;
}

/**
 * Restores a backup into a scratch database and compares every table with the manifest. Rejects with `backup_invalid`,
 * `backup_newer_format` or `backup_wrong_key` if the backup is at fault, and with `restore_failed` if the verification
 * could not be completed.
 */
export async function verifyBackup(options: VerifyBackupOptions): Promise<void> {
  const { file, manifest, databaseUrl, logger } = options;
  const what = { code: 'restore_failed', what: 'The verification' } as const;
  try {
    await withTimeout(options, what, async (signal) => {
      await checkFile({ file, manifest, signal });
      const contents = await checkContents(options, signal, manifest.leftOut);
      const { schema } = contents;
      const scratch = { databaseUrl, prefix: 'texas_verify_', signal, logger };
      await withTemporaryDatabase(scratch, async (name) => {
        const url = withDatabase(databaseUrl, name);
        await loadDump(options, contents, { databaseUrl: url, schema }, signal);
        assertMatchesManifest(manifest, (await fingerprintDatabase(url, signal, schema)).tables);
      });
    });
  } catch (failure) {
    throw asBackupFailure(failure, 'restore_failed');
  }
}
