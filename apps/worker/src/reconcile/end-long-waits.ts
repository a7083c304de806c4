import { giveUpHeld } from '@texas-ai/life';
import type { WorkerDeps } from '../deps.js';
import { givenUpTrouble } from '../failures/alert-conditions.js';

type Needed =
  | 'store'
  | 'steps'
  | 'clock'
  | 'config'
  | 'workedAuthors'
  | 'onProgress'
  | 'measured'
  | 'alerts'
  | 'logger';

/**
 * Ends the wait of days whose author rests too long, with `atOnce` also of those that a person waits for
 * while it refuses to write, and says what became of each.
 */
export async function endLongWaits(
  deps: Pick<WorkerDeps, Needed>,
  { atOnce = false } = {},
): Promise<void> {
  const { logger, alerts, measured, onProgress } = deps;
  const { fallback } = deps.config.authoring;
  const ended = await giveUpHeld({ ...deps, fallback }, await deps.workedAuthors(), { atOnce });
  for (const { code, message, givenUp } of ended) {
    if (!givenUp.generation) continue;
    const { id, character, date, author } = givenUp.generation;
    onProgress(id);
    const fields = { generationId: id, character, date, code };
    if (givenUp.kind === 'fell-back') {
      logger.warn('author not waited for, the offline author goes on', fields);
    } else {
      measured.generation({ status: 'failed', author, code });
      logger.error('author not waited for, generation failed', fields);
    }
    const trouble = givenUpTrouble(givenUp, { code, message });
    if (trouble) await alerts.raise(trouble);
  }
}
