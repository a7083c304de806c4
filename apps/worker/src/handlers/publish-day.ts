import type { Handler } from '@texas-ai/jobs';
import { publishDay } from '@texas-ai/life';
import type { HandlerDeps } from './index.js';

export function publishDayHandler({ store, logger }: HandlerDeps): Handler<'publish-day'> {
  return (payload) =>
    publishDay(
      {
        store,
        async announce({ character, date, author }) {
          logger.info('day published', { character, date, author });
        },
      },
      payload,
    );
}
