import { runBackup, verifyLatest } from '@texas-ai/backup';
import type { Handlers } from '@texas-ai/jobs';
import { asTexasError } from '@texas-ai/kernel';
import { prune } from '@texas-ai/life';
import type { WorkerDeps } from '../deps.js';
import {
  backupBad,
  backupFailed,
  badBackupAlert,
  failedBackupAlert,
} from '../failures/alert-conditions.js';

type Needed = 'store' | 'backupDeps' | 'invalidateDay' | 'config' | 'clock' | 'alerts' | 'logger';

/** The handlers of the queue `maintenance`. */
export function maintenanceHandlers(
  deps: Pick<WorkerDeps, Needed>,
): Pick<Handlers, 'backup' | 'verify-backup' | 'prune'> {
  const { backupDeps, store, clock, logger, alerts, config } = deps;
  return {
    async backup({ backupId }, { signal }) {
      // Redis may still have the schedule of another process.
      if (backupId === undefined && !config.backup.automatic) return;
      const id = backupId ?? (await backupDeps.backups.request('scheduled')).id;
      try {
        const made = await runBackup(backupDeps, id, signal);
        if (!made) return;
        if (made.error) await alerts.raise(backupFailed(made.error));
        else await alerts.recover(failedBackupAlert);
      } catch (error) {
        const failure = asTexasError(error);
        if (failure.code.startsWith('backup_')) await alerts.raise(backupFailed(failure));
        throw failure;
      }
    },

    async 'verify-backup'(_payload, { signal }) {
      try {
        if (await verifyLatest(backupDeps, signal)) await alerts.recover(badBackupAlert);
      } catch (error) {
        const failure = asTexasError(error);
        const { code } = failure;
        if (code.startsWith('backup_') || code === 'restore_failed') {
          await alerts.raise(backupBad(failure));
        }
        throw failure;
      }
    },

    async prune(_payload, { signal }) {
      await store.exclusively('prune', async () => {
        const pruning = { store, clock, logger, ages: config.retention };
        await prune({ ...pruning, onDayRemoved: deps.invalidateDay }, { dryRun: false, signal });
      });
    },
  };
}
