import { announceProgress } from '@texas-ai/jobs';
import type { RequestGenerationDeps } from '@texas-ai/life';
import type { AppDeps } from '../process/deps.js';

/** What it takes to ask for a day, whichever call does. */
export function requestingBy(
  deps: Pick<AppDeps, 'config' | 'logger' | 'store' | 'producer' | 'announcer' | 'clock'>,
): RequestGenerationDeps {
  const { config, logger, store, producer, announcer, clock } = deps;
  return {
    store,
    steps: producer,
    clock,
    logger,
    onProgress: announceProgress(announcer, logger),
    author: config.authoring.author,
    window: config.generations,
  };
}
