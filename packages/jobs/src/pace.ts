import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { defaultPrefix } from './definition.js';

interface Paced {
  name: string;
  pace: { messages: number; seconds: number };
}

/**
 * Takes a place in the pace of something, counted in Redis for all processes, by each alone while Redis
 * is away. Answers 0, or the milliseconds until there is a place.
 */
export function makePace({
  connection,
  prefix = defaultPrefix,
}: {
  connection: Redis;
  prefix?: string;
}): (paced: Paced) => Promise<number> {
  const limiters = new Map<string, RateLimiterRedis>();

  function limiterOf({ name, pace }: Paced): RateLimiterRedis {
    const known = limiters.get(name);
    if (known) return known;
    const limits = { points: pace.messages, duration: pace.seconds };
    const made = new RateLimiterRedis({
      ...limits,
      storeClient: connection,
      keyPrefix: `${prefix}:pace:${name}`,
      rejectIfRedisNotReady: true,
      insuranceLimiter: new RateLimiterMemory(limits),
    });
    limiters.set(name, made);
    return made;
  }

  return async (paced) => {
    try {
      await limiterOf(paced).consume('all');
      return 0;
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) return Math.max(refusal.msBeforeNext, 10);
      throw refusal;
    }
  };
}
