import { makeBackup } from '@texas-ai/backup';
import type { Handler } from '@texas-ai/jobs';
import { asTexasError } from '@texas-ai/kernel';
import type { WorkerDeps } from '../deps.js';
import { backupFailed, noBackup } from '../failures/alert-conditions.js';

export function backupHandler(deps: WorkerDeps): Handler<'backup'> {
  const { backing, alerts, config } = deps;
  return async ({ backupId }, { signal }) => {
    // A schedule of another process may still be there.
    if (backupId === undefined && !config.backup.automatic) return;
    const id = backupId ?? (await backing.backups.request('scheduled')).id;
    try {
      const made = await makeBackup(backing, id, signal);
      if (!made) return;
      if (made.error) await alerts.raise(backupFailed(made.error));
      else await alerts.recover(noBackup);
    } catch (error) {
      const failure = asTexasError(error);
      if (failure.code.startsWith('backup_')) await alerts.raise(backupFailed(failure));
      throw failure;
    }
  };
}
