import type { Logger } from '@texas-ai/kernel';
import { type RedisOptions as Options, Redis } from 'ioredis';

export interface RedisOptions {
  /** redis:// or rediss:// */
  url: string;
  logger: Logger;
  /** Milliseconds after which a command is rejected if Redis hangs; 2,000 by default. */
  commandTimeoutMs?: number;
}

export interface ConsumerRedisOptions extends Omit<RedisOptions, 'commandTimeoutMs'> {
  /**
   * Milliseconds without a reply after which the connection counts as dead and is replaced, for example after an
   * unannounced failover; 4,000 by default. Blocking commands get more time.
   */
  silenceMs?: number;
}

/** After a failover the connection may lead to a replica, which rejects writes: reconnect and resend the command. */
const reconnectOnError = ({ message }: Error) =>
  /^(READONLY|UNBLOCKED)/.test(message) ? 2 : false;

/** A producer's connection counts as dead after this many command timeouts. */
const deadAfterTimeouts = 3;

/** A connection that adds jobs: commands fail at once while Redis is unavailable, instead of queueing up. */
export function connectProducer({ url, logger, commandTimeoutMs = 2_000 }: RedisOptions): Redis {
  return withStateLog(
    new Redis(url, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 1,
      commandTimeout: commandTimeoutMs,
      socketTimeout: deadAfterTimeouts * commandTimeoutMs,
      reconnectOnError,
    }),
    logger,
  );
}

/** The default of ioredis is 2 s. */
const maxReconnectMs = 1_000;

/** Longer than the 10 s for which BullMQ may block. */
const blockingSilenceMs = 12_000;

/** ioredis leaves the socket timeout of a closed connection running, which would close each new connection in turn. */
function clearSocketTimeoutOnClose(redis: Redis): void {
  const internals = redis as unknown as { socketTimeoutTimer?: NodeJS.Timeout | undefined };
  redis.on('close', () => {
    clearTimeout(internals.socketTimeoutTimer);
    internals.socketTimeoutTimer = undefined;
  });
}

/** BullMQ duplicates the connection for blocking commands. */
class ConsumerRedis extends Redis {
  override duplicate(override?: Partial<Options>): Redis {
    const blocking = super.duplicate({ socketTimeout: blockingSilenceMs, ...override });
    clearSocketTimeoutOnClose(blocking);
    return blocking;
  }
}

/** A connection for workers and listeners, which waits for Redis indefinitely. */
export function connectConsumer({ url, logger, silenceMs = 4_000 }: ConsumerRedisOptions): Redis {
  return withStateLog(
    new ConsumerRedis(url, {
      maxRetriesPerRequest: null,
      socketTimeout: silenceMs,
      reconnectOnError,
      retryStrategy: (times) => Math.min(times * 50, maxReconnectMs),
    }),
    logger,
  );
}

/** Logs one line when the connection is lost and one when it is restored. */
function withStateLog(redis: Redis, logger: Logger): Redis {
  clearSocketTimeoutOnClose(redis);
  let lost = false;
  redis.on('error', (error: Error) => {
    if (!lost) logger.warn('redis connection lost', { error });
    lost = true;
  });
  redis.on('ready', () => {
    if (lost) logger.info('redis connection restored');
    lost = false;
  });
  return redis;
}

/** Resolves when the connection is ready for commands; rejects once it is closed for good. */
export async function untilReady(redis: Redis): Promise<void> {
  if (redis.status === 'ready') return;
  if (redis.status === 'end') throw new Error('The connection to Redis was closed.');
  await new Promise<void>((resolve, reject) => {
    redis.once('ready', resolve);
    redis.once('end', () => reject(new Error('The connection to Redis was closed.')));
  });
}
