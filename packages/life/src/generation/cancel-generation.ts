import { TexasError } from '@texas-ai/kernel';
import type { Store } from '../store.js';
import type { Generation } from './generation.js';
import type { OnProgress } from './progress.js';

/**
 * Cancels a generation in flight: the live day stays, and later results are not stored. A generation that
 * is over is left unchanged. Throws `generation_not_found`, `storage_unavailable`.
 */
export async function cancelGeneration(
  { store, onProgress }: { store: Pick<Store, 'generations'>; onProgress: OnProgress },
  id: string,
): Promise<Generation> {
  await store.generations.cancel(id);
  onProgress(id);
  const generation = await store.generations.find(id);
  if (generation) return generation;
  throw new TexasError('generation_not_found', 'There is no generation with this id.', {
    details: { field: 'id' },
  });
}
