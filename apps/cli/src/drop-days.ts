import { makeAnnouncer } from '@texas-ai/jobs';
import type { Owner } from '@texas-ai/kernel';
import { dayKey, makeReadCache } from '@texas-ai/storage';
import type { CliDeps } from './deps.js';
import { connectRedis } from './redis.js';

type Deps = Pick<CliDeps, 'config' | 'logger'>;
type DropDay = (character: string, date: string) => Promise<void>;

/**
 * Drops a day from Redis and, by an announcement, from the memory of every api; connects with the
 * first. Null where no Redis is configured. Rejects as connectRedis does.
 */
export function dayDropper({ config, logger }: Deps, owner: Owner): DropDay | null {
  const { url, cacheUrl } = config.redis;
  if (url === null || cacheUrl === null) return null;

  const open = async () => {
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
  let opened: ReturnType<typeof open> | undefined;

  return async (character, date) => {
    opened ??= open();
    const { announcer, cache } = await opened;
    await cache.drop(dayKey(character, date));
    await announcer.announce({ kind: 'day.gone', character, date });
  };
}
