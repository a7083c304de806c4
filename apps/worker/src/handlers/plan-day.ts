import type { Handler } from '@texas-ai/jobs';
import { planDay } from '@texas-ai/life';
import type { WorkerDeps } from '../deps.js';

export function planDayHandler(deps: WorkerDeps): Handler<'plan-day'> {
  const { chapters } = deps.config.authoring;
  const { heartbeatMs, holdAnswerMs } = deps.timing;
  return (payload, { signal }) =>
    planDay({ ...deps, chapters, heartbeatMs, holdAnswerMs }, payload, signal);
}
