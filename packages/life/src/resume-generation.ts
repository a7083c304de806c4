import type { Generation } from './generation.js';
import { missingSteps, type StepQueue, stepsOf } from './steps.js';
import type { Store } from './store.js';

/**
 * Enqueues what a generation in flight needs next. A step whose job id is held by a job that has
 * ended would be ignored by the queue: then the generation gets a new run, and ids with it.
 * Rejects with `storage_unavailable` or `queue_unavailable`.
 */
export async function resumeGeneration(
  deps: { store: Pick<Store, 'generations' | 'requests'>; steps: StepQueue },
  generation: Generation,
): Promise<void> {
  const { generations, requests } = deps.store;
  const steps = await missingSteps(generations, generation);
  const spent = await Promise.all(steps.map((step) => deps.steps.isSpent(step)));
  if (!spent.includes(true)) return deps.steps.enqueue(steps);
  // Its state may have moved on since it was read; the new run looks again.
  const renewed = await requests.renew(generation.id, null);
  if (renewed) await deps.steps.enqueue(stepsOf(renewed));
}
