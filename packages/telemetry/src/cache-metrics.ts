import { Counter, type Registry } from 'prom-client';

/** The source of a read; `stale` is an outdated value, used while the database is unavailable. */
const cacheLevels = ['memory', 'redis', 'database', 'stale'] as const;

type CacheLevel = (typeof cacheLevels)[number];

/** Counts reads through the cache. */
export function makeCacheMetrics(registry: Registry): (level: CacheLevel) => void {
  const reads = new Counter({
    name: 'texas_cache_reads_total',
    help: 'Reads through the cache, by source.',
    labelNames: ['level'],
    registers: [registry],
  });
  for (const level of cacheLevels) reads.inc({ level }, 0);
  return (level) => reads.inc({ level });
}
