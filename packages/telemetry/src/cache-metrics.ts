import { Counter, type Registry } from 'prom-client';

/** Where a cached read was answered from; `stale`: an older answer, since the database is away. */
const cacheLevels = ['memory', 'redis', 'database', 'stale'] as const;

type CacheLevel = (typeof cacheLevels)[number];

/** Counts reads through the cache. */
export function makeCacheMetrics(registry: Registry): (level: CacheLevel) => void {
  const reads = new Counter({
    name: 'texas_cache_reads_total',
    help: 'Reads through the cache, by where they were answered from.',
    labelNames: ['level'],
    registers: [registry],
  });
  for (const level of cacheLevels) reads.inc({ level }, 0);
  return (level) => reads.inc({ level });
}
