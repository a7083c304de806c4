import type { CallBucket } from '@texas-ai/life';
import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { defaultPrefix } from './queues.js';

export interface CallBucketOptions {
  connection: Redis;
  prefix?: string;
  /** Whose rates they are: an author and the fingerprint of its key. */
  name: string;
  /** Null where there is no limit. */
  requestsPerMinute: number | null;
  tokensPerMinute: number | null;
  /** Another length than a minute, in whole seconds; for tests. */
  windowSeconds?: number;
}

/**
 * The rates of a key, counted in Redis for the whole fleet. While Redis is away each process counts
 * by itself. Null where nothing is limited.
 */
export function makeCallBucket(options: CallBucketOptions): CallBucket | null {
  const { requestsPerMinute, tokensPerMinute } = options;
  if (requestsPerMinute === null && tokensPerMinute === null) return null;
  const requests = limiter(options, 'requests', requestsPerMinute);
  const tokens = limiter(options, 'tokens', tokensPerMinute);

  /** A call of more tokens than a minute has gets a minute to itself. */
  const tokensOf = (wanted: number) =>
    Math.min(Math.max(Math.ceil(wanted), 1), tokensPerMinute ?? 1);

  return {
    async take(wanted) {
      const waitMs = await consume(requests, 1);
      if (waitMs > 0) return waitMs;
      return consume(tokens, tokensOf(wanted));
    },
    async giveBack(wanted) {
      await requests?.reward(key, 1);
      await tokens?.reward(key, tokensOf(wanted));
    },
    async correct(more) {
      const points = Math.round(more);
      if (points > 0) await tokens?.penalty(key, points);
      if (points < 0) await tokens?.reward(key, -points);
    },
  };
}

type Limiter = RateLimiterRedis | null;
const key = 'all';

function limiter(
  { connection, prefix = defaultPrefix, name, windowSeconds: duration = 60 }: CallBucketOptions,
  kind: string,
  points: number | null,
): Limiter {
  if (points === null) return null;
  return new RateLimiterRedis({
    storeClient: connection,
    keyPrefix: `${prefix}:rate:${name}:${kind}`,
    points,
    duration,
    rejectIfRedisNotReady: true,
    insuranceLimiter: new RateLimiterMemory({ points, duration }),
  });
}

/** 0, or the milliseconds until the window that has room. */
async function consume(limiter: Limiter, points: number): Promise<number> {
  try {
    await limiter?.consume(key, points);
    return 0;
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return Math.max(refusal.msBeforeNext, 10);
    throw refusal;
  }
}
