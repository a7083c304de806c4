import { fallBackOverdue as fallBack, type GiveUpDeps } from '@texas-ai/life';
import type { WorkerDeps } from '../deps.js';
import { givenUpAlert } from '../failures/alert-conditions.js';

type Needed = 'clock' | 'availableAuthors' | 'onProgress' | 'measured' | 'alerts' | 'logger';

/**
 * Gives up waiting for authors in a cooldown where the character wakes soon; with `atOnce` also where a
 * person waits and the author refuses to write. Logs and reports what became of each day.
 */
export async function fallBackOverdue(
  deps: GiveUpDeps & Pick<WorkerDeps, Needed>,
  { atOnce = false } = {},
): Promise<void> {
  const { logger, alerts, measured, onProgress } = deps;
  const given = await fallBack(deps, await deps.availableAuthors(), { atOnce });
  for (const { reason, outcome } of given) {
    if (!outcome.generation) continue;
    const { id, character, date, author } = outcome.generation;
    const { code } = reason;
    onProgress(id);
    const fields = { generationId: id, character, date, code };
    if (outcome.kind === 'fell-back') {
      logger.warn('author not waited for, the offline author goes on', fields);
    } else {
      measured.generation({ status: 'failed', author, code });
      logger.error('author not waited for, generation failed', fields);
    }
    const alert = givenUpAlert(outcome, reason);
    if (alert) await alerts.raise(alert);
  }
}
