import type { Handlers } from '@texas-ai/jobs';
import type { WorkerDeps } from '../deps.js';
import { planDayHandler } from './plan-day.js';
import { publishDayHandler } from './publish-day.js';
import { writeChapterHandler } from './write-chapter.js';

export type HandlerDeps = Pick<
  WorkerDeps,
  | 'config'
  | 'logger'
  | 'store'
  | 'steps'
  | 'authors'
  | 'weather'
  | 'cache'
  | 'announcer'
  | 'onProgress'
>;

/** What this worker does for each job; it does not compile until every definition has a handler. */
export function makeHandlers(deps: HandlerDeps): Handlers {
  return {
    'plan-day': planDayHandler(deps),
    'write-chapter': writeChapterHandler(deps),
    'publish-day': publishDayHandler(deps),
  };
}
