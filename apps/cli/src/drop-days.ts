import { makeAnnouncer } from '@texas-ai/jobs';
import type { Owner } from '@texas-ai/kernel';
import { dayKey, makeReadCache } from '@texas-ai/storage';
import type { CliDeps } from './deps.js';
import { connectRedis } from './redis.js';

type Deps = Pick<CliDeps, 'config' | 'logger'>;
type DropDay = (character: string, date: string) => Promise<void>;

/**
 * A function that drops a day from the cache in Redis and, by an announcement, from the memory of every API. It
 * connects on its first call and rejects like connectRedis. Null if no Redis is configured.
 */
export function makeDropDay({ config, logger }: Deps, owner: Owner): DropDay | null {
  const { url, cacheUrl } = config.redis;
  if (url === null || cacheUrl === null) return null;

  const connect = async () => {
    const queues = await connectRedis(url, 'REDIS_URL', { logger }, owner);
    const announcer = makeAnnouncer({ connection: queues });
    const connection =
      cacheUrl === url
        ? queues
        : await connectRedis(cacheUrl, 'CACHE_REDIS_URL', { logger }, owner);
    const cache = owner.own(makeReadCache({ connection, logger, memoryEntries: 0 }), (each) =>
      each.close(),
    );
    return { announcer, cache };
  };
  let connected: ReturnType<typeof connect> | undefined;

  return async (character, date) => {
    connected ??= connect();
    const { announcer, cache } = await connected;
    await cache.drop(dayKey(character, date));
    await announcer.announce({ kind: 'day.gone', character, date });
  };
}
