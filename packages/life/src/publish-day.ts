import type { Generation } from './generation.js';
import type { Store } from './store.js';

export interface PublishDayDeps {
  store: Store;
  /** After the commit and repeatable: tells the world that a day is there. */
  announce(generation: Generation): Promise<void>;
}

/**
 * The step publish-day: in ONE transaction the day points at this generation and its interactions
 * are collected. A generation that is over is left alone; a published one is announced again.
 */
export async function publishDay(
  deps: PublishDayDeps,
  { generationId }: { generationId: string },
): Promise<void> {
  await deps.store.transaction(async ({ generations, days }) => {
    const generation = await generations.publish(generationId);
    if (generation) await days.publish(generation);
  });
  const generation = await deps.store.generations.find(generationId);
  if (generation?.status === 'published') await deps.announce(generation);
}
