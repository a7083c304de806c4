import type { Handler } from '@texas-ai/jobs';
import { minuteOf, planDueDays } from '@texas-ai/life';
import type { WorkerDeps } from '../deps.js';
import { budgetSpent } from '../failures/alert-conditions.js';

export function planDueDaysHandler(deps: WorkerDeps): Handler<'plan-due-days'> {
  const { authoring, planning } = deps.config;
  const { author, fallback, chapters } = authoring;
  const model = author === 'gemini' ? authoring.gemini.model : null;
  const planningTime = minuteOf(planning.time);
  return async (_payload, { signal }) => {
    // A schedule of another process may still be there.
    if (!planning.automatic) return;
    const night = { ...deps, author, fallback, chapters, model, planningTime };
    const { begun, overBudget } = await planDueDays(night, signal);
    if (begun > 0) deps.logger.info('days begun', { days: begun, overBudget });
    if (overBudget > 0) {
      const message = `The budget has no room for ${overBudget} of ${begun} days.`;
      await deps.alerts.raise(budgetSpent({ message }));
    }
  };
}
