import { setTimeout as pause } from 'node:timers/promises';
import { TexasError } from '@texas-ai/kernel';
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
  return {
    async take(wanted, signal) {
      await room(requests, 1, signal);
      // A call of more tokens than a minute has gets a minute to itself.
      await room(tokens, Math.min(Math.max(Math.ceil(wanted), 1), tokensPerMinute ?? 1), signal);
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

/** Waits for the window that has room. */
async function room(limiter: Limiter, points: number, signal: AbortSignal): Promise<void> {
  while (limiter !== null) {
    try {
      await limiter.consume(key, points);
      return;
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      await pause(Math.max(refusal.msBeforeNext, 10), undefined, { signal }).catch(() => {
        throw new TexasError('aborted', 'Stopped while waiting for room in the rates.');
      });
    }
  }
}
