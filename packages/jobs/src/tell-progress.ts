import type { Logger } from '@texas-ai/kernel';
import type { OnProgress } from '@texas-ai/life';
import type { Announcer } from './announcements.js';

/** Announces progress without waiting: a step is never held up by those who watch it. */
export function tellProgress(announcer: Announcer, logger: Logger): OnProgress {
  return (generationId) => {
    announcer
      .announce({ kind: 'generation.progressed', generationId })
      .catch((error) => logger.debug('progress not announced', { generationId, error }));
  };
}
