import { setTimeout as pause } from 'node:timers/promises';
import { assertRedisSupported, connectProducer } from '@texas-ai/jobs';
import { makeOwner, type Owner, TexasError } from '@texas-ai/kernel';
import type { CliDeps } from './deps.js';

type Deps = Pick<CliDeps, 'config' | 'logger'>;

const readyWithinMs = 5_000;

/**
 * Connects to a Redis of the configuration. Rejects with `queue_unavailable` where it does not answer within 5 s,
 * with `config_invalid` where it cannot be used.
 */
export async function connectRedis(
  url: string,
  setting: 'REDIS_URL' | 'CACHE_REDIS_URL',
  { logger }: Pick<Deps, 'logger'>,
  owner: Owner,
): Promise<ReturnType<typeof connectProducer>> {
  const connection = owner.own(connectProducer({ url, logger }), (each) => each.disconnect());
  const late = pause(readyWithinMs, null, { ref: false }).then(() => {
    throw new TexasError('queue_unavailable', `The Redis of ${setting} does not answer.`, {
      details: {
        fix: `Check ${setting}, and whether that Redis runs and accepts our credentials.`,
      },
    });
  });
  await Promise.race([assertRedisSupported({ connection, setting, logger }), late]);
  return connection;
}

/** Throws `config_invalid` where a Redis of the configuration cannot be used; one that is away may come. */
export async function refuseUnsupportedRedis({ config, logger }: Deps): Promise<void> {
  const { url, cacheUrl } = config.redis;
  const owner = makeOwner();
  try {
    if (url !== null) await connectRedis(url, 'REDIS_URL', { logger }, owner);
    if (cacheUrl !== null && cacheUrl !== url) {
      await connectRedis(cacheUrl, 'CACHE_REDIS_URL', { logger }, owner);
    }
  } catch (error) {
    if (!(error instanceof TexasError) || error.code !== 'queue_unavailable') throw error;
  } finally {
    await owner.closeAll();
  }
}
