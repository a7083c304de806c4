import type { Handler } from '@texas-ai/jobs';
import { publishDay } from '@texas-ai/life';
import type { WorkerDeps } from '../deps.js';

export function publishDayHandler(deps: WorkerDeps): Handler<'publish-day'> {
  return (payload) => publishDay(deps, payload);
}
