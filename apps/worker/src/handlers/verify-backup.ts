import { verifyLast } from '@texas-ai/backup';
import type { Handler } from '@texas-ai/jobs';
import { asTexasError } from '@texas-ai/kernel';
import type { WorkerDeps } from '../deps.js';
import { backupBad, badBackup } from '../failures/alert-conditions.js';

export function verifyBackupHandler({ backing, alerts }: WorkerDeps): Handler<'verify-backup'> {
  return async (_payload, { signal }) => {
    try {
      if (await verifyLast(backing, signal)) await alerts.recover(badBackup);
    } catch (error) {
      const failure = asTexasError(error);
      const tells = failure.code.startsWith('backup_') || failure.code === 'restore_failed';
      if (tells) await alerts.raise(backupBad(failure));
      throw failure;
    }
  };
}
