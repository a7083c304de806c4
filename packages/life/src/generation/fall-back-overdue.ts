import type { Clock } from '@texas-ai/kernel';
import type { AuthorName } from '../authoring/author.js';
import { probedCodes } from '../authoring/author-failures.js';
import type { FailureReason } from './generation-repository.js';
import { type GivenUp, type GiveUpDeps, giveUp } from './handle-failure.js';

const batch = 500;

/** An overdue generation, why it was given up, and what became of it. */
export interface FallenBackOverdue {
  reason: FailureReason;
  outcome: GivenUp;
}

/**
 * Gives up waiting for authors in a cooldown, or that no worker can call, where the character wakes soon:
 * the offline author finishes those days, or they fail. With `atOnce` it also finishes, if there is a
 * fallback, what a person is waiting for while only an operator can end the cooldown. `available` are
 * the authors that some worker can call. Rejects with `storage_unavailable`.
 */
export async function fallBackOverdue(
  deps: GiveUpDeps & { clock: Clock },
  available: readonly AuthorName[],
  options: { atOnce: boolean },
): Promise<FallenBackOverdue[]> {
  const { store, clock, fallback } = deps;
  const atOnce = options.atOnce && fallback === 'offline' ? probedCodes : [];
  const given: FallenBackOverdue[] = [];
  for (;;) {
    const now = clock.now();
    const overdue = await store.generations.overdue({ now, available, atOnce, limit: batch });
    for (const { id, ...reason } of overdue) {
      const outcome = await giveUp(deps, { generationId: id, run: null }, reason);
      given.push({ reason, outcome });
    }
    if (overdue.length < batch) return given;
  }
}
