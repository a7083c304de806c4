import { setTimeout as pause } from 'node:timers/promises';
import { connectProducer, makeAnnouncer, untilReady } from '@texas-ai/jobs';
import { type Owner, TexasError } from '@texas-ai/kernel';
import { dayKey, makeReadCache } from '@texas-ai/storage';
import type { CliDeps } from './deps.js';

type Deps = Pick<CliDeps, 'config' | 'logger'>;
type DropDay = (character: string, date: string) => Promise<void>;

const readyWithinMs = 5_000;

/**
 * Drops a day from Redis and, by an announcement, from the memory of every api; connects with the
 * first. Null where no Redis is configured. Rejects with `queue_unavailable`.
 */
export function dayDropper({ config, logger }: Deps, owner: Owner): DropDay | null {
  const { url, cacheUrl } = config.redis;
  if (url === null || cacheUrl === null) return null;

  const connect = async (to: string) => {
    const redis = owner.own(connectProducer({ url: to, logger }), (each) => each.disconnect());
    const late = pause(readyWithinMs, null, { ref: false }).then(() => {
      throw new TexasError('queue_unavailable', 'Redis, which has days cached, does not answer.');
    });
    await Promise.race([untilReady(redis), late]);
    return redis;
  };
  const open = async () => {
    const announcer = makeAnnouncer({ connection: await connect(url) });
    const connection = await connect(cacheUrl);
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
