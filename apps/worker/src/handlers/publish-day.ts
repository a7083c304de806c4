import type { Handler } from '@texas-ai/jobs';
import { publishDay } from '@texas-ai/life';
import { dayKey } from '@texas-ai/storage';
import type { HandlerDeps } from './index.js';

/** A published day is dropped from the cache before anybody is told of it. */
export function publishDayHandler(deps: HandlerDeps): Handler<'publish-day'> {
  const { store, cache, announcer, logger } = deps;
  return (payload) =>
    publishDay(
      {
        store,
        async announce({ id: generationId, character, date, author }) {
          await cache.drop(dayKey(character, date));
          await announcer.announce({ kind: 'day.published', character, date, generationId });
          logger.info('day published', { character, date, author });
        },
      },
      payload,
    );
}
