import { type Logger, TexasError } from '@texas-ai/kernel';
import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { redisDriver } from 'bentocache/drivers/redis';
import type { Redis } from 'ioredis';
import { type CachedBytes, cacheEntrySerializer, isFresh, withEtag } from './cache-entry.js';

export interface CachedRead {
  entry: CachedBytes;
  /** True if the entry has expired, but no newer one could be built. */
  stale: boolean;
}

export interface ReadCache {
  /** A fresh entry in memory. */
  peek(key: string): CachedBytes | undefined;
  /**
   * Reads from memory, from Redis, or builds the entry; concurrent reads of a key share one build. Null,
   * which is not cached, if `build` returns null. If it rejects with `storage_unavailable` or takes too
   * long, an expired entry is served instead.
   */
  read(key: string, ttlSeconds: number, build: () => Promise<unknown>): Promise<CachedRead | null>;
  /**
   * Expires an entry, here and in Redis: immediately, and unless `again` is false once more a little later,
   * since another process may still be building the old one. Rejects with `queue_unavailable` if Redis fails.
   */
  drop(key: string, options?: { again: boolean }): Promise<void>;
  /** Removes all entries, here and in Redis. Rejects with `queue_unavailable` if Redis fails. */
  clear(): Promise<void>;
  emptyMemory(): void;
  close(): Promise<void>;
}

export interface ReadCacheOptions {
  /** Must fail fast while Redis is unavailable and have a command timeout. */
  connection: Redis;
  logger: Logger;
  /** Maximum number of entries in memory; 0 for a process that only invalidates. */
  memoryEntries?: number;
  /** Separates systems that share a Redis. */
  prefix?: string;
  /** Delay of the second drop; default 5,000. */
  dropAgainMs?: number;
  onRead?: (level: CacheLevel) => void;
}

/** Where an entry came from. */
export type CacheLevel = 'memory' | 'redis' | 'database' | 'stale';

interface ReadWithLevel {
  level: CacheLevel;
  result: CachedRead | null;
}

/** How long an expired entry may be served while no newer one can be built. */
const grace = '7d';
/** How long to wait before retrying a failed build while an expired entry is served. */
const graceBackoff = '5s';
/** How long a build may take if an expired entry is available. */
const buildTimeoutMs = 1_000;

/** Bentocache with memory and Redis, plus synchronous reads from memory and stale markers. */
export function makeReadCache(options: ReadCacheOptions): ReadCache {
  const { connection, logger, memoryEntries = 2_000, dropAgainMs = 5_000 } = options;
  const { prefix = 'texas:cache', onRead = () => undefined } = options;
  const driver = memoryDriver({ maxItems: Math.max(memoryEntries, 1), prefix });
  // Bentocache can neither read its memory synchronously nor clear only the memory.
  let memory: ReturnType<typeof driver.factory> | undefined;
  const exposedDriver = {
    ...driver,
    factory(config: Parameters<typeof driver.factory>[0]) {
      memory = driver.factory(config);
      return memory;
    },
  };
  const cache = new BentoCache({
    default: 'reads',
    serializer: cacheEntrySerializer,
    grace,
    graceBackoff,
    timeout: buildTimeoutMs,
    stores: {
      reads: bentostore().useL1Layer(exposedDriver).useL2Layer(redisDriver({ connection, prefix })),
    },
  });
  /** Expired entries that were served. During the backoff bentocache treats them as fresh. */
  const stale = new WeakSet<CachedBytes>();
  cache.on('cache:hit', ({ value, graced }) => {
    if (graced) stale.add(value);
  });
  const reading = new Map<string, Promise<ReadWithLevel>>();
  const secondDrops = new Map<string, NodeJS.Timeout>();

  function freshInMemory(key: string): CachedBytes | undefined {
    const entry: unknown = memory?.get(key);
    return isFresh(entry) && !stale.has(entry.value) ? entry.value : undefined;
  }

  async function readOnce(
    key: string,
    ttlSeconds: number,
    build: () => Promise<unknown>,
  ): Promise<ReadWithLevel> {
    let level: CacheLevel = freshInMemory(key) ? 'memory' : 'redis';
    try {
      const entry: CachedBytes | undefined = await cache.getOrSet({
        key,
        ttl: ttlSeconds * 1000,
        async factory(context) {
          const body = await build();
          level = 'database';
          return body === null ? context.skip() : withEtag(JSON.stringify(body));
        },
      });
      if (entry === undefined) return { level, result: null };
      return stale.has(entry)
        ? { level: 'stale', result: { entry, stale: true } }
        : { level, result: { entry, stale: false } };
    } catch (error) {
      // Bentocache wraps errors of the build.
      throw error instanceof Error && error.cause instanceof TexasError ? error.cause : error;
    }
  }

  async function inRedis(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      throw new TexasError('queue_unavailable', 'The cache does not respond.', { cause: error });
    }
  }

  const expire = (key: string) => inRedis(() => cache.expire({ key, suppressL2Errors: false }));

  return {
    peek(key) {
      const entry = freshInMemory(key);
      if (entry) onRead('memory');
      return entry;
    },
    async read(key, ttlSeconds, build) {
      // Bentocache also shares builds, but not those that return null.
      let read = reading.get(key);
      if (!read) {
        read = readOnce(key, ttlSeconds, build).finally(() => reading.delete(key));
        reading.set(key, read);
      }
      const { level, result } = await read;
      onRead(level);
      return result;
    },
    async drop(key, { again } = { again: true }) {
      if (again) {
        clearTimeout(secondDrops.get(key));
        const timer = setTimeout(() => {
          secondDrops.delete(key);
          expire(key).catch((error) => logger.warn('second cache drop failed', { key, error }));
        }, dropAgainMs);
        secondDrops.set(key, timer.unref());
      }
      await expire(key);
    },
    async clear() {
      memory?.clear();
      await inRedis(() => cache.clear());
    },
    emptyMemory: () => memory?.clear(),
    async close() {
      const keys = [...secondDrops.keys()];
      for (const timer of secondDrops.values()) clearTimeout(timer);
      secondDrops.clear();
      await Promise.all(keys.map((key) => expire(key).catch(() => undefined)));
    },
  };
}
