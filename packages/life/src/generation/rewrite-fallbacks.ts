import type { Store } from '../store.js';
import { type RequestGenerationDeps, requestGeneration } from './request-generation.js';

/** Few at a time: an author whose cooldown has just ended has other work. */
const batch = 20;

/**
 * Requests again the days, from today on, that the offline author finished in place of this process's
 * author, which can write again. Returns their number. Rejects with `storage_unavailable`.
 */
export async function rewriteFallbacks(
  deps: RequestGenerationDeps & { store: Pick<Store, 'generations' | 'requests'> },
): Promise<number> {
  const { store, clock } = deps;
  const found = await store.generations.toRewrite(deps.author, clock.now(), batch);
  for (const { id, character, date } of found) {
    await requestGeneration(deps, {
      character,
      date,
      fresh: false,
      askedBy: 'night',
      idempotency: null,
      requestId: null,
    });
    await store.generations.markRewritten(id);
  }
  return found.length;
}
