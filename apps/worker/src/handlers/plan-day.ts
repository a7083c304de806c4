import type { Handler } from '@texas-ai/jobs';
import { planDay } from '@texas-ai/life';
import type { HandlerDeps } from './index.js';

export function planDayHandler(deps: HandlerDeps): Handler<'plan-day'> {
  const { chapters } = deps.config.authoring;
  return (payload, { signal }) => planDay({ ...deps, chapters }, payload, signal);
}
