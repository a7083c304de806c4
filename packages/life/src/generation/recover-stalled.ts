import type { Store } from '../store.js';
import { enqueueNext, type GenerationNeeds, type StepQueue, stepsOf } from './steps.js';

const batch = 500;

/**
 * Finds the generations in flight that were not touched for `staleMs`, oldest first. If one of its
 * jobs is active, or all of them are waiting, a generation is touched; otherwise its jobs were lost and
 * it gets a new run. Returns the number of new runs. Rejects with `storage_unavailable` or
 * `queue_unavailable`.
 */
export async function recoverStalled(
  { store, steps }: { store: Pick<Store, 'generations' | 'now'>; steps: StepQueue },
  staleMs: number,
): Promise<number> {
  const since = (await store.now()).subtract({ milliseconds: staleMs });
  let recovered = 0;
  for (;;) {
    const stale = await store.generations.staleSince(since, batch);
    const alive = await areAlive(steps, stale);
    const ids = (wanted: boolean) =>
      stale.flatMap(({ generation }, index) => (alive[index] === wanted ? [generation.id] : []));
    await store.generations.touchAll(ids(true));
    const restarted = await store.generations.restartStale(ids(false), since);
    await enqueueNext(steps, ...restarted);
    recovered += restarted.length;
    if (stale.length < batch) return recovered;
  }
}

async function areAlive(steps: StepQueue, stale: readonly GenerationNeeds[]): Promise<boolean[]> {
  const perGeneration = stale.map(stepsOf);
  const states = await steps.states(perGeneration.flat());
  return perGeneration.map(({ length }) => {
    const own = states.splice(0, length);
    return own.includes('active') || (length > 0 && own.every((state) => state === 'waiting'));
  });
}
