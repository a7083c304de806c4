import { createHash, randomUUID } from 'node:crypto';
import { type Logger, TexasError } from '@texas-ai/kernel';
import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { redisDriver } from 'bentocache/drivers/redis';
import type { Redis } from 'ioredis';
import { type CachedBytes, isFresh, keptSerializer } from './cache-entry.js';

export interface CachedRead {
  entry: CachedBytes;
  /** The newest could not be had, and this is an older one. */
  stale: boolean;
}

export interface ReadCache {
  /** What memory alone has, at once; undefined for everything else. */
  peek(key: string): CachedBytes | undefined;
  /**
   * From memory, from Redis, or built: once however many ask. Null where the build found nothing,
   * which is not kept. Where building fails with `storage_unavailable` an older one will do.
   */
  read(key: string, ttlSeconds: number, build: () => Promise<unknown>): Promise<CachedRead | null>;
  /**
   * Makes what is kept under the key count as old, everywhere but in other processes' memories: now,
   * and again a little later for whoever was just building the old one. Rejects with
   * `queue_unavailable` where Redis does not take it.
   */
  drop(key: string): Promise<void>;
  /** Forgets everything, here and in Redis. Rejects with `queue_unavailable` where Redis does not take it. */
  clear(): Promise<void>;
  /** Forgets what memory has. */
  emptyMemory(): void;
  close(): Promise<void>;
}

export interface ReadCacheOptions {
  /** Fails at once while Redis is away, and has a limit of time for each command. */
  connection: Redis;
  logger: Logger;
  /** Answers kept in memory; 0 for a process that only drops. */
  memoryEntries?: number;
  /** Keeps several systems apart in one Redis. */
  prefix?: string;
  /** How long after a drop the second follows, in milliseconds. */
  dropAgainMs?: number;
  /** Told of each read where it was answered from. */
  onRead?: (level: CacheLevel) => void;
}

/** Where a read was answered from; `stale`: an older answer, since no new one could be had. */
export type CacheLevel = 'memory' | 'redis' | 'database' | 'stale';

interface Read {
  level: CacheLevel;
  answer: CachedRead | null;
}

/** How long an old answer may still serve where no new one can be had. */
const grace = '7d';
/** How long a failed build is not tried again while an old answer serves. */
const graceBackoff = '5s';
/** How long a build may take while there is an old answer, in milliseconds. */
const patienceMs = 1_000;

export function makeReadCache(options: ReadCacheOptions): ReadCache {
  const { connection, logger, memoryEntries = 2_000, dropAgainMs = 5_000 } = options;
  const { onRead = () => undefined } = options;
  const prefix = options.prefix ?? 'texas:cache';
  const level = memoryDriver({ maxItems: Math.max(memoryEntries, 1), prefix });
  // Bentocache offers no way to look into its memory at once, nor to empty that alone.
  let memory: ReturnType<typeof level.factory> | undefined;
  const remembered = {
    ...level,
    factory(config: Parameters<typeof level.factory>[0]) {
      memory = level.factory(config);
      return memory;
    },
  };
  const store = bentostore().useL1Layer(remembered).useL2Layer(redisDriver({ connection, prefix }));
  const cache = new BentoCache({
    default: 'reads',
    serializer: keptSerializer,
    grace,
    graceBackoff,
    timeout: patienceMs,
    stores: { reads: store },
  });
  const reading = new Map<string, Promise<Read>>();
  /**
   * Keys whose newest build here has not succeeded, with the older build that serves meanwhile; null
   * while that is not known. Another process may succeed, and its build come from Redis.
   */
  const unbuilt = new Map<string, string | null>();
  const again = new Map<string, NodeJS.Timeout>();

  function inMemory(key: string): CachedBytes | undefined {
    const kept: unknown = memory?.get(key);
    return isFresh(kept) && !isStale(key, kept.value) ? kept.value : undefined;
  }

  function peek(key: string): CachedBytes | undefined {
    const found = inMemory(key);
    if (found) onRead('memory');
    return found;
  }

  function isStale(key: string, { build }: CachedBytes): boolean {
    const older = unbuilt.get(key);
    if (older === undefined) return false;
    if (older === null) unbuilt.set(key, build);
    else if (older !== build) unbuilt.delete(key);
    return unbuilt.has(key);
  }

  async function readOnce(
    key: string,
    ttlSeconds: number,
    build: () => Promise<unknown>,
  ): Promise<Read> {
    let level: CacheLevel = inMemory(key) ? 'memory' : 'redis';
    try {
      const entry: CachedBytes | undefined = await cache.getOrSet({
        key,
        ttl: ttlSeconds * 1000,
        async factory(context) {
          unbuilt.set(key, null);
          const built = await build();
          unbuilt.delete(key);
          level = 'database';
          return built === null ? context.skip() : ready(built);
        },
      });
      if (entry === undefined) return { level, answer: null };
      const stale = isStale(key, entry);
      return { level: stale ? 'stale' : level, answer: { entry, stale } };
    } catch (error) {
      unbuilt.delete(key);
      // Bentocache wraps what the build threw.
      throw error instanceof Error && error.cause instanceof TexasError ? error.cause : error;
    }
  }

  async function read(key: string, ttlSeconds: number, build: () => Promise<unknown>) {
    let asked = reading.get(key);
    if (!asked) {
      asked = readOnce(key, ttlSeconds, build).finally(() => reading.delete(key));
      reading.set(key, asked);
    }
    const { level, answer } = await asked;
    onRead(level);
    return answer;
  }

  async function expire(key: string): Promise<void> {
    try {
      await cache.expire({ key, suppressL2Errors: false });
    } catch (error) {
      throw new TexasError('queue_unavailable', 'The cache does not answer.', { cause: error });
    }
  }

  return {
    peek,
    read,
    async drop(key) {
      clearTimeout(again.get(key));
      const timer = setTimeout(() => {
        again.delete(key);
        expire(key).catch((error) => logger.warn('cache not dropped again', { key, error }));
      }, dropAgainMs);
      again.set(key, timer.unref());
      await expire(key);
    },
    async clear() {
      memory?.clear();
      try {
        await cache.clear();
      } catch (error) {
        throw new TexasError('queue_unavailable', 'The cache does not answer.', { cause: error });
      }
    },
    emptyMemory: () => memory?.clear(),
    async close() {
      const left = [...again.keys()];
      for (const timer of again.values()) clearTimeout(timer);
      again.clear();
      await Promise.all(left.map((key) => expire(key).catch(() => undefined)));
    },
  };
}

function ready(answer: unknown): CachedBytes {
  const bytes = Buffer.from(JSON.stringify(answer));
  const digest = createHash('sha256').update(bytes).digest('base64url').slice(0, 27);
  return { bytes, etag: `"${digest}"`, build: randomUUID() };
}
