import { fallBackOverdue as fallBack, type GiveUpDeps } from '@texas-ai/life';
import type { WorkerDeps } from '../deps.js';
import { givenUpAlert } from '../failures/alert-conditions.js';

type Needed = 'clock' | 'availableAuthors' | 'onProgress' | 'workerMetrics' | 'alerts' | 'logger';

/**
 * Gives up on days whose author is unavailable if the character wakes soon; with `atOnce` also if a person
 * is waiting and the author refuses calls. Logs and reports the outcome of each day.
 */
export async function fallBackOverdue(
  deps: GiveUpDeps & Pick<WorkerDeps, Needed>,
  { atOnce = false } = {},
): Promise<void> {
  const { logger, alerts, workerMetrics, onProgress } = deps;
  const days = await fallBack(deps, await deps.availableAuthors(), { atOnce });
  for (const { reason, outcome } of days) {
    if (!outcome.generation) continue;
    const { id, character, date, author } = outcome.generation;
    const { code } = reason;
    onProgress(id);
    const fields = { generationId: id, character, date, code };
    if (outcome.kind === 'fell-back') {
      logger.warn('gave up waiting for the author, the offline author continues', fields);
    } else {
      workerMetrics.generation({ status: 'failed', author, code });
      logger.error('gave up waiting for the author, generation failed', fields);
    }
    const alert = givenUpAlert(outcome, reason);
    if (alert) await alerts.raise(alert);
  }
}
