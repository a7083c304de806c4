import type { Logger } from '@texas-ai/kernel';
import type { Store } from 'express-rate-limit';
import type { Redis } from 'ioredis';
import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterRedis,
} from 'rate-limiter-flexible';

export interface SharedStoreOptions {
  /** Must fail fast while Redis is unavailable and have a command timeout. */
  connection: Redis;
  keyPrefix: string;
  windowMs: number;
  logger: Logger;
}

/**
 * A store for express-rate-limit that counts in Redis, across all processes. While Redis is
 * unavailable each process counts in its own memory.
 */
export function makeSharedStore(options: SharedStoreOptions): Store {
  const { connection, keyPrefix, windowMs, logger } = options;
  // express-rate-limit applies the limit; `points` is required but unused.
  const limiterOptions = { points: 1, duration: windowMs / 1000 };
  const shared = new RateLimiterRedis({
    storeClient: connection,
    keyPrefix,
    ...limiterOptions,
    rejectIfRedisNotReady: true,
  });
  const local = new RateLimiterMemory(limiterOptions);
  let redisFailing = false;

  async function withFallback<T>(use: (limiter: RateLimiterAbstract) => Promise<T>): Promise<T> {
    try {
      const result = await use(shared);
      if (redisFailing) logger.info('rate limits are shared again');
      redisFailing = false;
      return result;
    } catch (error) {
      if (!redisFailing) logger.warn('rate limits are counted by this process alone', { error });
      redisFailing = true;
      return use(local);
    }
  }

  return {
    async increment(key) {
      const { consumedPoints, msBeforeNext } = await withFallback((limiter) =>
        limiter.penalty(key),
      );
      return { totalHits: consumedPoints, resetTime: new Date(Date.now() + msBeforeNext) };
    },
    async decrement(key) {
      await withFallback((limiter) => limiter.reward(key));
    },
    async resetKey(key) {
      await withFallback((limiter) => limiter.delete(key));
    },
  };
}
