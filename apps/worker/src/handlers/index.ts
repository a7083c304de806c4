import type { Handlers } from '@texas-ai/jobs';
import type { WorkerDeps } from '../deps.js';
import { backupHandler } from './backup.js';
import { planDayHandler } from './plan-day.js';
import { planDueDaysHandler } from './plan-due-days.js';
import { pruneHandler } from './prune.js';
import { publishDayHandler } from './publish-day.js';
import { sendAlertHandler } from './send-alert.js';
import { verifyBackupHandler } from './verify-backup.js';
import { writeChapterHandler } from './write-chapter.js';

/** What this worker does for each job; it does not compile until every definition has a handler. */
export function makeHandlers(deps: WorkerDeps): Handlers {
  return {
    'plan-day': planDayHandler(deps),
    'write-chapter': writeChapterHandler(deps),
    'publish-day': publishDayHandler(deps),
    'plan-due-days': planDueDaysHandler(deps),
    'send-alert': sendAlertHandler(deps),
    backup: backupHandler(deps),
    'verify-backup': verifyBackupHandler(deps),
    prune: pruneHandler(deps),
  };
}
