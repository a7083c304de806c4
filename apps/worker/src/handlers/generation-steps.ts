import type { Handlers } from '@texas-ai/jobs';
import { minuteOf, planDay, planDueDays, publishDay, writeChapter } from '@texas-ai/life';
import type { WorkerDeps } from '../deps.js';
import { budgetSpent } from '../failures/alert-conditions.js';

type Needed =
  | 'store'
  | 'steps'
  | 'authors'
  | 'meter'
  | 'budget'
  | 'weather'
  | 'announce'
  | 'onProgress'
  | 'config'
  | 'timing'
  | 'clock'
  | 'alerts'
  | 'logger';

type Steps = 'plan-day' | 'write-chapter' | 'publish-day' | 'plan-due-days';

/** The handlers of the jobs that write days. */
export function generationHandlers(deps: Pick<WorkerDeps, Needed>): Pick<Handlers, Steps> {
  const { store, steps, authors, meter, onProgress, budget, weather, clock, logger } = deps;
  const { authoring, planning } = deps.config;
  const { author, fallback, chapters } = authoring;
  const { heartbeatMs, storeRetryMs } = deps.timing;
  const writing = { store, steps, authors, meter, onProgress, heartbeatMs, storeRetryMs };
  const model = author === 'gemini' ? authoring.gemini.model : null;
  const planningTime = minuteOf(planning.time);
  const scheduled = {
    ...{ store, steps, clock, logger, budget },
    ...{ planningTime, author, model, fallback, chapters },
  };
  return {
    'plan-day': (payload, { signal }) =>
      planDay({ ...writing, weather, budget, chapters, clock, logger }, payload, signal),
    'write-chapter': (payload, { signal }) => writeChapter(writing, payload, signal),
    'publish-day': (payload) => publishDay({ store, announce: deps.announce }, payload),
    async 'plan-due-days'(_payload, { signal }) {
      // Redis may still have the schedule of another process.
      if (!planning.automatic) return;
      const { begun, overBudget } = await planDueDays(scheduled, signal);
      if (begun > 0) logger.info('days begun', { days: begun, overBudget });
      if (overBudget > 0) {
        const message = `The budget has no room for ${overBudget} of ${begun} days.`;
        await deps.alerts.raise(budgetSpent({ message }));
      }
    },
  };
}
