import type { Store } from '../store.js';
import { missingSteps, type StepQueue } from './steps.js';

/**
 * Enqueues what follows a step that stored, or found stored, under the run that is read now.
 * Steps that wait already are left as they are; one that is over, or failed, gets none.
 */
export async function continueGeneration(
  deps: { store: Pick<Store, 'generations'>; steps: StepQueue },
  generationId: string,
): Promise<void> {
  const generation = await deps.store.generations.find(generationId);
  if (generation) await deps.steps.enqueue(await missingSteps(deps.store.generations, generation));
}
