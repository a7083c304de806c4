import { setTimeout as delay } from 'node:timers/promises';
import { assertRedisSupported, connectProducer } from '@texas-ai/jobs';
import { makeOwner, type Owner, TexasError } from '@texas-ai/kernel';
import type { CliDeps } from './deps.js';

type Deps = Pick<CliDeps, 'config' | 'logger'>;

const connectTimeoutMs = 5_000;

/**
 * Connects to a configured Redis. Rejects with `queue_unavailable` if it does not respond within 5 s, with
 * `config_invalid` if it is not supported.
 */
export async function connectRedis(
  url: string,
  setting: 'REDIS_URL' | 'CACHE_REDIS_URL',
  { logger }: Pick<Deps, 'logger'>,
  owner: Owner,
): Promise<ReturnType<typeof connectProducer>> {
  const connection = owner.own(connectProducer({ url, logger }), (each) => each.disconnect());
  const timeout = delay(connectTimeoutMs, null, { ref: false }).then(() => {
    throw new TexasError('queue_unavailable', `The Redis of ${setting} does not respond.`, {
      details: {
        fix: `Check ${setting}, and whether that Redis is running and accepts the credentials.`,
      },
    });
  });
  await Promise.race([assertRedisSupported({ connection, setting, logger }), timeout]);
  return connection;
}

/** Throws `config_invalid` if a configured Redis is not supported. The apps check one that is down later. */
export async function rejectUnsupportedRedis({ config, logger }: Deps): Promise<void> {
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
