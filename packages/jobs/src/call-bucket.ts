import type { CallBucket } from '@texas-ai/life';
import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { defaultPrefix } from './definition.js';

export interface CallBucketOptions {
  connection: Redis;
  prefix?: string;
  /** Whose rates they are: an author and the fingerprint of its key. */
  name: string;
  /** Null where there is no limit. */
  requestsPerMinute: number | null;
  tokensPerMinute: number | null;
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
      const expected = tokensOf(wanted);
      const request = await consume(requests, 1);
      if (request.fullForMs > 0) return full(request.fullForMs);
      const room = await consume(tokens, expected);
      if (room.fullForMs > 0) {
        await request.change(-1);
        return full(room.fullForMs);
      }
      return {
        fullForMs: 0,
        async release() {
          await request.change(-1);
          await room.change(-expected);
        },
        used: (seen) => room.change(tokensOf(seen) - expected),
      };
    },
  };
}

const nothing = async () => undefined;
const full = (fullForMs: number) => ({ fullForMs, release: nothing, used: nothing });

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

interface Taken {
  /** 0 where there was room, or the milliseconds until the window that has some. */
  fullForMs: number;
  /** Takes more, or gives back, as long as the window lasts: the next one is none of it. */
  change(points: number): Promise<void>;
}

async function consume(limiter: Limiter, points: number): Promise<Taken> {
  const untilMs = (left: number) => performance.now() + left;
  let end = Number.POSITIVE_INFINITY;
  const change = async (more: number) => {
    if (performance.now() >= end) return;
    if (more > 0) await limiter?.penalty(key, more);
    if (more < 0) await limiter?.reward(key, -more);
  };
  try {
    const taken = await limiter?.consume(key, points);
    if (taken) end = untilMs(taken.msBeforeNext);
    return { fullForMs: 0, change };
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    end = untilMs(refusal.msBeforeNext);
    // A refusal is counted as well, and took nothing.
    await change(-points);
    return { fullForMs: Math.max(refusal.msBeforeNext, 10), change };
  }
}
