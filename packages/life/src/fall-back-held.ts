import type { Clock } from '@texas-ai/kernel';
import type { Generation } from './generation.js';
import { type StepQueue, stepsOf } from './steps.js';
import type { Store } from './store.js';

const batch = 500;

/**
 * Has the offline author finish the generations whose own author is held although the character
 * wakes soon. Answers them. Rejects with `storage_unavailable` or `queue_unavailable`.
 */
export async function fallBackHeld({
  store,
  steps,
  clock,
}: {
  store: Pick<Store, 'generations'>;
  steps: StepQueue;
  clock: Clock;
}): Promise<Generation[]> {
  const fallen: Generation[] = [];
  for (;;) {
    const held = await store.generations.heldTooLong(clock.now(), batch);
    for (const { id, code } of held) {
      const needs = await store.generations.fallBack(id, null, code);
      if (!needs) continue;
      fallen.push(needs.generation);
      await steps.enqueue(stepsOf(needs));
    }
    if (held.length < batch) return fallen;
  }
}
