import type { Announcements } from '@texas-ai/jobs';
import type { Logger } from '@texas-ai/kernel';
import type { ReadCache } from '@texas-ai/storage';
import type { Readers } from './readers.js';

/**
 * Drops a day from this process's memory when it is published again or deleted. Announcements may be
 * missed while the connection is down, so memory is emptied on reconnect.
 */
export function invalidateOnPublish(deps: {
  announcements: Pick<Announcements, 'onAnnouncement' | 'onReconnect'>;
  readers: Pick<Readers, 'dropDay'>;
  cache: Pick<ReadCache, 'emptyMemory'>;
  logger: Logger;
}): void {
  const { announcements, readers, cache, logger } = deps;
  announcements.onAnnouncement((announcement) => {
    if (announcement.kind !== 'day.published' && announcement.kind !== 'day.gone') return;
    if (announcement.kind === 'day.published' && announcement.first) return;
    const { character, date } = announcement;
    readers
      .dropDay(character, date)
      .catch((error) => logger.warn('day not dropped from Redis', { character, date, error }));
  });
  announcements.onReconnect(() => cache.emptyMemory());
}
