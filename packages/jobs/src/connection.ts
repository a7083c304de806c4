import type { Logger } from '@texas-ai/kernel';
import { type RedisOptions as Options, Redis } from 'ioredis';

export interface RedisOptions {
  /** redis:// or rediss:// */
  url: string;
  logger: Logger;
  /** For producers: how long a Redis that hangs may hold up a command, in milliseconds. */
  commandTimeoutMs?: number;
}

export interface ConsumerRedisOptions extends Omit<RedisOptions, 'commandTimeoutMs'> {
  /**
   * A connection on which an answer is so late, in milliseconds, is dead and made anew, as after a
   * failover that nobody was told of; default 4,000. Commands that block are given time besides.
   */
  silenceMs?: number;
}

/**
 * A failover leaves a connection to what is a replica now: it answers, and rejects writes. The command is
 * sent again on a new one.
 */
const reconnectOnError = ({ message }: Error) =>
  /^(READONLY|UNBLOCKED)/.test(message) ? 2 : false;

/** A producer's connection is dead after so many times its time for a command. */
const deadAfter = 3;

/** For whoever adds jobs: fails at once while Redis is away instead of holding commands back. */
export function connectProducer({ url, logger, commandTimeoutMs = 2_000 }: RedisOptions): Redis {
  return watched(
    new Redis(url, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 1,
      commandTimeout: commandTimeoutMs,
      socketTimeout: deadAfter * commandTimeoutMs,
      reconnectOnError,
    }),
    logger,
  );
}

/** Redis is back sooner than the default notices, which waits for 2 s in the end. */
const mostReconnectMs = 1_000;

/** Longer than BullMQ lets a command block, 10 s at most. */
const blockedSilenceMs = 12_000;

/**
 * ioredis keeps the clock for silence running over the end of a connection, and then cuts the next one,
 * again and again. It ends with the connection here.
 */
function endSilenceWithConnection(redis: Redis): void {
  const clock = redis as unknown as { socketTimeoutTimer?: NodeJS.Timeout | undefined };
  redis.on('close', () => {
    clearTimeout(clock.socketTimeoutTimer);
    clock.socketTimeoutTimer = undefined;
  });
}

/** BullMQ makes such connections of this one for commands that block. */
class ConsumerRedis extends Redis {
  override duplicate(override?: Partial<Options>): Redis {
    const blocking = super.duplicate({ socketTimeout: blockedSilenceMs, ...override });
    endSilenceWithConnection(blocking);
    return blocking;
  }
}

/** For those who wait for Redis as long as it takes: workers, and whoever listens. */
export function connectConsumer({ url, logger, silenceMs = 4_000 }: ConsumerRedisOptions): Redis {
  return watched(
    new ConsumerRedis(url, {
      maxRetriesPerRequest: null,
      socketTimeout: silenceMs,
      reconnectOnError,
      retryStrategy: (times) => Math.min(times * 50, mostReconnectMs),
    }),
    logger,
  );
}

/** One line when the connection breaks and one when it is back, however many attempts lie between. */
function watched(redis: Redis, logger: Logger): Redis {
  endSilenceWithConnection(redis);
  let away = false;
  redis.on('error', (error: Error) => {
    if (!away) logger.warn('redis is away', { error });
    away = true;
  });
  redis.on('ready', () => {
    if (away) logger.info('redis is back');
    away = false;
  });
  return redis;
}

/** Resolves when the connection can take commands; rejects when it was closed for good. */
export async function untilReady(redis: Redis): Promise<void> {
  if (redis.status === 'ready') return;
  if (redis.status === 'end') throw new Error('The connection to Redis was closed.');
  await new Promise<void>((resolve, reject) => {
    redis.once('ready', resolve);
    redis.once('end', () => reject(new Error('The connection to Redis was closed.')));
  });
}
