import type { CallBucket } from '@texas-ai/life';
import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { defaultPrefix } from './definitions.js';

export interface CallBucketOptions {
  connection: Redis;
  prefix?: string;
  /** Identifies the key: an author and the key's fingerprint. */
  name: string;
  /** Null for no limit, as with tokens. */
  requestsPerMinute: number | null;
  tokensPerMinute: number | null;
}

/**
 * The rate limits of a key, counted in Redis for all processes, and per process while Redis is unavailable. Null if
 * there are no limits.
 */
export function makeCallBucket(options: CallBucketOptions): CallBucket | null {
  const { requestsPerMinute, tokensPerMinute } = options;
  if (requestsPerMinute === null && tokensPerMinute === null) return null;
  const requests = limiter(options, 'requests', requestsPerMinute);
  const tokens = limiter(options, 'tokens', tokensPerMinute);

  /** A call that exceeds the limit uses up a full minute. */
  const tokensOf = (wanted: number) =>
    Math.min(Math.max(Math.ceil(wanted), 1), tokensPerMinute ?? 1);

  return {
    async take(wanted) {
      const expected = tokensOf(wanted);
      const request = await consume(requests, 1);
      if (request.waitMs > 0) return refused(request.waitMs);
      const reserved = await consume(tokens, expected);
      if (reserved.waitMs > 0) {
        await request.change(-1);
        return refused(reserved.waitMs);
      }
      return {
        waitMs: 0,
        async release() {
          await request.change(-1);
          await reserved.change(-expected);
        },
        used: (actual) => reserved.change(tokensOf(actual) - expected),
      };
    },
  };
}

const noop = async () => undefined;
const refused = (waitMs: number) => ({ waitMs, release: noop, used: noop });

type Limiter = RateLimiterRedis | null;
const key = 'all';
/** Seconds. */
const duration = 60;

function limiter(
  { connection, prefix = defaultPrefix, name }: CallBucketOptions,
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

interface Consumed {
  /** 0 if the points were available, otherwise the milliseconds until the next window. */
  waitMs: number;
  /** Consumes more points or returns them; does nothing once the window is over. */
  change(points: number): Promise<void>;
}

async function consume(limiter: Limiter, points: number): Promise<Consumed> {
  // Counted from before the request, so that a correction never reaches the next window.
  const startedMs = performance.now();
  let end = Number.POSITIVE_INFINITY;
  const change = async (more: number) => {
    if (performance.now() >= end) return;
    if (more > 0) await limiter?.penalty(key, more);
    if (more < 0) await limiter?.reward(key, -more);
  };
  try {
    const taken = await limiter?.consume(key, points);
    if (taken) end = startedMs + taken.msBeforeNext;
    return { waitMs: 0, change };
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    end = startedMs + refusal.msBeforeNext;
    // The library counts a refused call too.
    await change(-points);
    return { waitMs: Math.max(refusal.msBeforeNext, 10), change };
  }
}
