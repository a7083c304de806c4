import type { GenerationNeeds, Store } from '../store.js';
import { type StepQueue, stepsOf } from './steps.js';

const batch = 500;

/**
 * Finds the generations in flight that nobody touched for so long, oldest first. One whose jobs are
 * all there, or of which one is being worked, is touched; any other gets a new run and its next steps
 * are enqueued. Answers how many were lost. Rejects with `storage_unavailable` or `queue_unavailable`.
 */
export async function takeUpLost(
  { store, steps }: { store: Pick<Store, 'generations' | 'now'>; steps: StepQueue },
  untouchedMs: number,
): Promise<number> {
  const since = (await store.now()).subtract({ milliseconds: untouchedMs });
  let lost = 0;
  for (;;) {
    const found = await store.generations.untouched(since, batch);
    const alive = await areAlive(steps, found);
    const ids = (wanted: boolean) =>
      found.flatMap(({ generation }, index) => (alive[index] === wanted ? [generation.id] : []));
    await store.generations.touchAll(ids(true));
    const renewed = await store.generations.renewAll(ids(false), since);
    await steps.enqueue(renewed.flatMap(stepsOf));
    lost += renewed.length;
    if (found.length < batch) return lost;
  }
}

async function areAlive(steps: StepQueue, found: readonly GenerationNeeds[]): Promise<boolean[]> {
  const perGeneration = found.map(stepsOf);
  const states = await steps.states(perGeneration.flat());
  return perGeneration.map(({ length }) => {
    const own = states.splice(0, length);
    return own.includes('active') || (length > 0 && own.every((state) => state === 'waiting'));
  });
}
