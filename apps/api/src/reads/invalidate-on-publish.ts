import type { Announcements } from '@texas-ai/jobs';
import type { Logger } from '@texas-ai/kernel';
import type { ReadCache } from '@texas-ai/storage';
import type { Readers } from './readers.js';

/**
 * Drops a day from this process's memory as soon as another was published in its place or it is gone. What was
 * announced while the connection was away is not known: then memory is emptied.
 */
export function keepFresh(deps: {
  announcements: Pick<Announcements, 'onAnnouncement' | 'onReconnect'>;
  readers: Pick<Readers, 'dropDay'>;
  cache: Pick<ReadCache, 'emptyMemory'>;
  logger: Logger;
}): void {
  const { announcements, readers, cache, logger } = deps;
  announcements.onAnnouncement((announcement) => {
    if (announcement.kind !== 'day.published' && announcement.kind !== 'day.gone') return;
    const { character, date } = announcement;
    readers
      .dropDay(character, date)
      .catch((error) => logger.warn('day not dropped from Redis', { character, date, error }));
  });
  announcements.onReconnect(() => cache.emptyMemory());
}
