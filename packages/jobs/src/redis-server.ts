import { setTimeout as pause } from 'node:timers/promises';
import { type Logger, TexasError } from '@texas-ai/kernel';
import type { Redis } from 'ioredis';
import { untilReady } from './connection.js';
import { defaultPrefix } from './definitions.js';

// Checks the Redis server once at the start of each process: on an unsupported one, jobs would wait forever without
// an error.

/** What a server reports about itself; null for what it hides, as some managed services do. */
export interface RedisServer {
  /** The Redis version; Valkey reports the one that it is compatible with. */
  version: string | null;
  /** `standalone`, `cluster` or `sentinel`. */
  mode: string | null;
  isReplica: boolean;
  /** A `maxmemory-policy` that may evict jobs and locks; null if nothing is evicted. */
  evictionPolicy: string | null;
}

type Inspectable = Pick<Redis, 'info' | 'call'>;

/** Rejects if the server does not reply; if it forbids the commands, the description has fewer details. */
export async function describeRedis(connection: Inspectable): Promise<RedisServer> {
  const info = await nullIfForbidden(connection.info());
  const fields = info === null ? await helloFields(connection) : fieldsOf(info);
  const version = fields.get('redis_version') ?? fields.get('version') ?? null;
  const mode = fields.get('redis_mode') ?? fields.get('server_mode') ?? fields.get('mode') ?? null;
  const isReplica = /slave|replica/.test(fields.get('role') ?? '');
  const policy = fields.get('maxmemory_policy') ?? 'noeviction';
  return { version, mode, isReplica, evictionPolicy: policy === 'noeviction' ? null : policy };
}

/** Works without the right to use `INFO`, for example after `-@dangerous`. */
async function helloFields(connection: Inspectable): Promise<Map<string, string>> {
  const hello = await nullIfForbidden(connection.call('HELLO'));
  const words = Array.isArray(hello) ? hello.map(String) : [];
  return new Map(words.flatMap((word, at) => (at % 2 ? [] : [[word, words[at + 1] ?? '']])));
}

function fieldsOf(info: string): Map<string, string> {
  const lines = [...info.matchAll(/^(\w+):(.*?)\r?$/gm)];
  return new Map(lines.map(([, name = '', value = '']) => [name, value]));
}

/** Resolves with null if the server replies with an error. */
async function nullIfForbidden<T>(reply: Promise<T>): Promise<T | null> {
  return reply.catch((error: Error) => {
    if (error.name === 'ReplyError') return null;
    throw error;
  });
}

/** The oldest major version that can block for a fraction of a second, which BullMQ needs. */
export const oldestUsable = 6;
/** The oldest major version that we test. */
const oldestSupported = 7;

/** A log line: the message and its fields. */
type Warning = { message: string } & Record<string, unknown>;

/** Returns why the server cannot be used, if it cannot, and warnings. Only a cache may evict. */
export function assessRedis(
  { version, mode, isReplica, evictionPolicy: policy }: RedisServer,
  { mayEvict }: { mayEvict: boolean },
): { refusal: string | null; warnings: Warning[] } {
  const major = Number.parseInt(version ?? '', 10);
  const warnings: Warning[] = [];
  if (policy !== null && !mayEvict) {
    const message = 'redis may evict jobs: set its maxmemory-policy to noeviction';
    warnings.push({ message, policy });
  }
  if (isReplica)
    warnings.push({ message: 'redis is a read-only replica, which accepts no writes' });
  if (major < oldestSupported) {
    warnings.push({
      message: 'redis is older than the oldest supported version',
      version,
      oldest: oldestSupported,
    });
  }
  return { refusal: refusalOf(mode, major, version), warnings };
}

function refusalOf(mode: string | null, major: number, version: string | null): string | null {
  if (mode === 'cluster') return inClusterMode;
  if (mode === 'sentinel') {
    return 'expected a Redis server, got a Sentinel: use the address of the primary that it monitors, or one that follows it';
  }
  if (major < oldestUsable) {
    return `expected Redis ${oldestSupported} or later, or Valkey 8 or later, got version ${version}`;
  }
  return null;
}

const inClusterMode =
  'expected a Redis server without cluster mode, got one in cluster mode: use a server with cluster-enabled no, or a managed one with cluster mode disabled';

export interface SupportedRedisOptions {
  connection: Redis;
  /** The environment variable that holds its address. */
  setting: 'REDIS_URL' | 'CACHE_REDIS_URL';
  /** The prefix of our keys and channels. */
  prefix?: string;
  logger: Logger;
}

/**
 * Waits for the connection, then checks that the server supports what we need. Rejects with `config_invalid` and one
 * sentence if it does not; logs warnings about lesser problems.
 */
export async function assertRedisSupported(options: SupportedRedisOptions): Promise<void> {
  const { setting, logger } = options;
  const server = await describeWhenReady(options);
  const { refusal, warnings } = assessRedis(server, { mayEvict: setting === 'CACHE_REDIS_URL' });
  // A replica rejects writes, but may be the result of an unfinished failover.
  const problem = refusal ?? (server.isReplica ? null : await missingPermission(options));
  if (problem !== null) {
    throw new TexasError('config_invalid', 'The configuration has a problem.', {
      details: { problems: [`${setting}: ${problem}`] },
    });
  }
  for (const { message, ...fields } of warnings) logger.warn(message, { setting, ...fields });
}

const retryMs = 1_000;

/** Retries if the connection breaks; rejects once it is closed for good. */
async function describeWhenReady({
  connection,
  logger,
}: Pick<SupportedRedisOptions, 'connection' | 'logger'>): Promise<RedisServer> {
  for (;;) {
    await untilReady(connection);
    try {
      return await describeRedis(connection);
    } catch (error) {
      logger.debug('could not get server information from redis', { error });
      await pause(retryMs);
    }
  }
}

/** Writes every type of value that the queues use, to more than one slot of a cluster. */
const writeEveryType = `
redis.call('SET', KEYS[1], '1', 'PX', 1000)
redis.call('HSET', KEYS[2], 'field', '1')
redis.call('RPUSH', KEYS[3], '1')
redis.call('ZADD', KEYS[4], 0, '1')
redis.call('XADD', KEYS[5], '*', 'field', '1')
return redis.call('DEL', unpack(KEYS))`;

/** Tries the commands of the queues; null if all are permitted. Ignores other errors, such as full memory: the health checks report those. */
async function missingPermission(options: SupportedRedisOptions): Promise<string | null> {
  const { connection, setting, prefix = defaultPrefix } = options;
  const keys = [1, 2, 3, 4, 5].map((number) => `${prefix}:check:${number}`);
  try {
    await connection.eval(writeEveryType, keys.length, ...keys);
    if (setting === 'REDIS_URL') {
      await connection.bzpopmin(`${prefix}:check:4`, 0.01);
      // Listeners ignore invalid announcements.
      await connection.publish(`${prefix}:announcements`, '');
    }
    return null;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (/^(CROSSSLOT|MOVED|CLUSTERDOWN)/.test(message)) return inClusterMode;
    if (!/^NOPERM|user executing the script can't|unknown command/.test(message)) return null;
    return `expected a user with the permissions that the queues need, got “${message.trim()}”: grant it +@all -@dangerous on ~${prefix}:* and &${prefix}:*`;
  }
}
