import type { Logger } from '@texas-ai/kernel';
import { Redis } from 'ioredis';

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
   * failover that nobody was told of. Longer than any command may block.
   */
  silenceMs?: number;
}

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
    }),
    logger,
  );
}

/** For those who wait for Redis as long as it takes: workers, and whoever listens. */
export function connectConsumer({ url, logger, silenceMs = 12_000 }: ConsumerRedisOptions): Redis {
  return watched(new Redis(url, { maxRetriesPerRequest: null, socketTimeout: silenceMs }), logger);
}

/** One line when the connection breaks and one when it is back, however many attempts lie between. */
function watched(redis: Redis, logger: Logger): Redis {
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
  await new Promise<void>((resolve, reject) => {
    redis.once('ready', resolve);
    redis.once('end', () => reject(new Error('The connection to Redis was closed.')));
  });
}
