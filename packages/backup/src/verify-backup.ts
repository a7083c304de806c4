import type { Logger } from '@texas-ai/kernel';
import type { Archive } from './archive.js';
import { checkBackup, checkContents } from './check-backup.js';
import { withDatabase } from './connection-environment.js';
import { explained } from './failures.js';
import { assertHoldings, fillDatabase, holdingsOf } from './fill-database.js';
import { withinLimits } from './limits.js';
import type { Manifest } from './manifest.js';
import { withTemporaryDatabase } from './temporary-database.js';

export interface VerifyBackupOptions extends Archive {
  manifest: Manifest;
  /** The database that was backed up: the scratch database is made beside it. */
  databaseUrl: string;
  /** Milliseconds for all of it. */
  timeoutMs: number;
  signal: AbortSignal;
  logger: Logger;
}

/**
 * Restores a backup into a scratch database and compares every table with the manifest. Rejects with
 * `backup_invalid`, `backup_newer_format` or `backup_wrong_key` where the backup is at fault, and with
 * `restore_failed` where it could not be found out.
 */
export async function verifyBackup(options: VerifyBackupOptions): Promise<void> {
  const { file, manifest, databaseUrl, logger } = options;
  const what = { code: 'restore_failed', what: 'The verification' } as const;
  try {
    await withinLimits(options, what, async (signal) => {
      await checkBackup({ file, manifest, signal });
      const contents = await checkContents(options, signal, manifest.leftOut);
      const { schema } = contents;
      const scratch = { databaseUrl, prefix: 'texas_verify_', signal, logger };
      await withTemporaryDatabase(scratch, async (name) => {
        const url = withDatabase(databaseUrl, name);
        await fillDatabase(options, contents, { databaseUrl: url, schema }, signal);
        assertHoldings(manifest, (await holdingsOf(url, signal, schema)).tables);
      });
    });
  } catch (failure) {
    throw explained(failure, 'restore_failed');
  }
}
