import { type RequestGenerationDeps, requestGeneration } from './request-generation.js';
import type { Store } from './store.js';

/** Few at a time: an author that is just back has other work. */
const batch = 20;

/**
 * Asks again for days, of today and later, that the offline author finished and whose own author is
 * back. Answers how many. Rejects with `storage_unavailable`.
 */
export async function rewriteFallbacks(
  deps: RequestGenerationDeps & { store: Pick<Store, 'generations'> },
): Promise<number> {
  const { store, clock } = deps;
  const found = await store.generations.toRewrite(clock.now(), batch);
  for (const { id, character, date, fallback } of found) {
    await store.generations.markRewritten(id);
    if (!fallback) continue;
    await requestGeneration(
      { ...deps, author: fallback.from },
      { character, date, fresh: false, askedBy: 'night', idempotency: null, requestId: null },
    );
  }
  return found.length;
}
