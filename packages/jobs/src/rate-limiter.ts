import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { defaultPrefix } from './definitions.js';

interface Limited {
  name: string;
  rateLimit: { messages: number; seconds: number };
}

/**
 * Returns a function that acquires a slot of the named limit: it resolves with 0, or with the milliseconds until the
 * next slot. Counted in Redis for all processes, and per process while Redis is unavailable.
 */
export function makeRateLimiter({
  connection,
  prefix = defaultPrefix,
}: {
  connection: Redis;
  prefix?: string;
}): (limited: Limited) => Promise<number> {
  const limiters = new Map<string, RateLimiterRedis>();

  function limiterOf({ name, rateLimit }: Limited): RateLimiterRedis {
    const known = limiters.get(name);
    if (known) return known;
    const limit = { points: rateLimit.messages, duration: rateLimit.seconds };
    const limiter = new RateLimiterRedis({
      ...limit,
      storeClient: connection,
      keyPrefix: `${prefix}:pace:${name}`,
      rejectIfRedisNotReady: true,
      insuranceLimiter: new RateLimiterMemory(limit),
    });
    limiters.set(name, limiter);
    return limiter;
  }

  return async function acquire(limited) {
    try {
      await limiterOf(limited).consume('all');
      return 0;
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) return Math.max(refusal.msBeforeNext, 10);
      throw refusal;
    }
  };
}
