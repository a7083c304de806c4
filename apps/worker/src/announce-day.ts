import type { Announcer } from '@texas-ai/jobs';
import type { Logger } from '@texas-ai/kernel';
import type { Generation } from '@texas-ai/life';
import { dayKey, type ReadCache } from '@texas-ai/storage';
import type { WorkerMetrics } from './worker-metrics.js';

export interface AnnounceDayDeps {
  cache: Pick<ReadCache, 'drop'>;
  announcer: Announcer;
  logger: Logger;
  workerMetrics: Pick<WorkerMetrics, 'generation'>;
}

/** Invalidates a published day in the cache, then announces it. Repeatable. */
export async function announceDay(
  { cache, announcer, logger, workerMetrics }: AnnounceDayDeps,
  { id: generationId, character, author, fallback, ...generation }: Generation,
): Promise<void> {
  const date = generation.date.toString();
  // Of a first day no older one can be read meanwhile; one from before a restore may still be in Redis.
  const first = generation.ordinal === 1;
  await cache.drop(dayKey(character, date), { again: !first });
  await announcer.announce({ kind: 'day.published', character, date, generationId, first });
  logger.info('day published', { character, date, author });
  workerMetrics.generation({ status: 'published', author, code: fallback?.code ?? '' });
}

/** Invalidates a deleted day in every cache. */
export async function announceDeletedDay(
  { cache, announcer }: Pick<AnnounceDayDeps, 'cache' | 'announcer'>,
  character: string,
  date: string,
): Promise<void> {
  await cache.drop(dayKey(character, date));
  await announcer.announce({ kind: 'day.gone', character, date });
}
