import { setTimeout as pause } from 'node:timers/promises';
import { type Logger, TexasError } from '@texas-ai/kernel';
import type { Redis } from 'ioredis';
import { untilReady } from './connection.js';
import { defaultPrefix } from './definitions.js';

// Which servers can be used. Asked once at the start of each process, since a queue in a server
// that is not supported would wait for ever without an error.

/** What a server says of itself; null for what it does not say, as managed ones may not. */
export interface RedisServer {
  /** Of Redis; Valkey tells the version of Redis that it is compatible with. */
  version: string | null;
  /** `standalone`, `cluster` or `sentinel`. */
  mode: string | null;
  isReplica: boolean;
  /** The `maxmemory-policy` that may drop jobs and locks; null where nothing is evicted. */
  evictionPolicy: string | null;
}

type Asked = Pick<Redis, 'info' | 'call'>;

/** Rejects where the server does not answer; one that forbids the questions just tells less. */
export async function describeRedis(connection: Asked): Promise<RedisServer> {
  const info = await unlessRefused(connection.info());
  const said = info === null ? await helloOf(connection) : fieldsOf(info);
  const version = said.get('redis_version') ?? said.get('version') ?? null;
  const mode = said.get('redis_mode') ?? said.get('server_mode') ?? said.get('mode') ?? null;
  const isReplica = /slave|replica/.test(said.get('role') ?? '');
  const policy = said.get('maxmemory_policy') ?? 'noeviction';
  return { version, mode, isReplica, evictionPolicy: policy === 'noeviction' ? null : policy };
}

/** The rights of a user without `INFO` suffice for this, as after `-@dangerous`. */
async function helloOf(connection: Asked): Promise<Map<string, string>> {
  const hello = await unlessRefused(connection.call('HELLO'));
  const words = Array.isArray(hello) ? hello.map(String) : [];
  return new Map(words.flatMap((word, at) => (at % 2 ? [] : [[word, words[at + 1] ?? '']])));
}

function fieldsOf(info: string): Map<string, string> {
  const lines = [...info.matchAll(/^(\w+):(.*?)\r?$/gm)];
  return new Map(lines.map(([, name = '', value = '']) => [name, value]));
}

/** Null where the server answers with an error instead. */
async function unlessRefused<T>(reply: Promise<T>): Promise<T | null> {
  return reply.catch((error: Error) => {
    if (error.name === 'ReplyError') return null;
    throw error;
  });
}

/** Older ones cannot block for a fraction of a second, as BullMQ has them do. */
export const oldestUsable = 6;
/** The oldest that is tested. */
const oldestSupported = 7;

/** A line of the log: its message, and its fields. */
type Warning = { message: string } & Record<string, unknown>;

/** What is wrong with a server: what rules it out, and what it is only warned of. A cache may evict. */
export function judgeRedis(
  { version, mode, isReplica, evictionPolicy: policy }: RedisServer,
  { mayEvict }: { mayEvict: boolean },
): { refusal: string | null; warnings: Warning[] } {
  const major = Number.parseInt(version ?? '', 10);
  const warnings: Warning[] = [];
  if (policy !== null && !mayEvict) {
    const message = 'redis may evict jobs: set its maxmemory-policy to noeviction';
    warnings.push({ message, policy });
  }
  if (isReplica) warnings.push({ message: 'redis is a read-only replica, which takes no writes' });
  if (major < oldestSupported) {
    warnings.push({ message: 'redis is older than supported', version, oldest: oldestSupported });
  }
  return { refusal: refusalOf(mode, major, version), warnings };
}

function refusalOf(mode: string | null, major: number, version: string | null): string | null {
  if (mode === 'cluster') return inClusterMode;
  if (mode === 'sentinel') {
    return 'expected a Redis server, got a Sentinel: name the primary that it watches, or an address that follows it';
  }
  if (major < oldestUsable) {
    return `expected Redis ${oldestSupported} or later, or Valkey 8 or later, got version ${version}`;
  }
  return null;
}

const inClusterMode =
  'expected a Redis server without cluster mode, got one with it, which is not supported: use one that is started with cluster-enabled no, or a managed one with cluster mode disabled';

export interface SupportedRedisOptions {
  connection: Redis;
  /** Where its address comes from; a cache may evict. */
  setting: 'REDIS_URL' | 'CACHE_REDIS_URL';
  /** What our keys and channels begin with. */
  prefix?: string;
  logger: Logger;
}

/**
 * Waits for the connection, then makes sure that the server behind it can hold what is ours. Throws
 * `config_invalid` with one sentence where it never can; logs a warning where it can for now.
 */
export async function assertRedisSupported(options: SupportedRedisOptions): Promise<void> {
  const { setting, logger } = options;
  const server = await onceDescribed(options);
  const { refusal, warnings } = judgeRedis(server, { mayEvict: setting === 'CACHE_REDIS_URL' });
  // A replica refuses whatever writes; that may be a failover that is not over yet.
  const problem = refusal ?? (server.isReplica ? null : await missingRight(options));
  if (problem !== null) {
    throw new TexasError('config_invalid', 'The configuration has a problem.', {
      details: { problems: [`${setting}: ${problem}`] },
    });
  }
  for (const { message, ...fields } of warnings) logger.warn(message, { setting, ...fields });
}

const askAgainMs = 1_000;

/** However often the connection breaks meanwhile; rejects once it was closed for good. */
async function onceDescribed({
  connection,
  logger,
}: Pick<SupportedRedisOptions, 'connection' | 'logger'>): Promise<RedisServer> {
  for (;;) {
    await untilReady(connection);
    try {
      return await describeRedis(connection);
    } catch (error) {
      logger.debug('redis did not say what it is', { error });
      await pause(askAgainMs);
    }
  }
}

/** Writes each kind of value that the queues use, in more than one slot of a cluster. */
const everyKind = `
redis.call('SET', KEYS[1], '1', 'PX', 1000)
redis.call('HSET', KEYS[2], 'field', '1')
redis.call('RPUSH', KEYS[3], '1')
redis.call('ZADD', KEYS[4], 0, '1')
redis.call('XADD', KEYS[5], '*', 'field', '1')
return redis.call('DEL', unpack(KEYS))`;

/** Tries what the queues do; null where nothing is forbidden. Other errors, as of a full memory, pass: health tells of them. */
async function missingRight(options: SupportedRedisOptions): Promise<string | null> {
  const { connection, setting, prefix = defaultPrefix } = options;
  const keys = [1, 2, 3, 4, 5].map((number) => `${prefix}:check:${number}`);
  try {
    await connection.eval(everyKind, keys.length, ...keys);
    if (setting === 'REDIS_URL') {
      await connection.bzpopmin(`${prefix}:check:4`, 0.01);
      // Listeners ignore what is no announcement.
      await connection.publish(`${prefix}:announcements`, '');
    }
    return null;
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    if (/^(CROSSSLOT|MOVED|CLUSTERDOWN)/.test(said)) return inClusterMode;
    if (!/^NOPERM|user executing the script can't|unknown command/.test(said)) return null;
    return `expected a user who may do what the queues need, got “${said.trim()}”: grant it +@all -@dangerous on ~${prefix}:* and &${prefix}:*`;
  }
}
