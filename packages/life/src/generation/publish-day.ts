import type { Clock } from '@texas-ai/kernel';
import type { Store } from '../store.js';
import type { Generation } from './generation.js';

export interface PublishDayDeps {
  store: Pick<Store, 'generations'>;
  /** Announces a published day to the other processes, after the commit; may be repeated. */
  announce(generation: Generation): Promise<void>;
}

/**
 * The step publish-day: the day points at this generation, and its interactions are collected. A
 * generation that is over is left alone; a published one is announced again.
 */
export async function publishDay(
  deps: PublishDayDeps,
  { generationId }: { generationId: string },
): Promise<void> {
  const { generations } = deps.store;
  const generation =
    (await generations.publish(generationId)) ?? (await generations.find(generationId));
  if (generation?.status === 'published') await announce(deps, generation);
}

async function announce(deps: PublishDayDeps, generation: Generation): Promise<void> {
  await deps.announce(generation);
  await deps.store.generations.markAnnounced(generation.id);
}

const batch = 500;

/**
 * Announces generations that were published longer than `olderThanMs` ago but not announced, because
 * their worker died in between. Returns the number. Rejects with `storage_unavailable` or `queue_unavailable`.
 */
export async function announceUnannounced(
  deps: PublishDayDeps & { clock: Clock },
  olderThanMs: number,
): Promise<number> {
  const before = deps.clock.now().subtract({ milliseconds: olderThanMs });
  const found = await deps.store.generations.unannounced(before, batch);
  for (const generation of found) await announce(deps, generation);
  return found.length;
}
