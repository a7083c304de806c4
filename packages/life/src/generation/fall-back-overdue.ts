import type { Clock } from '@texas-ai/kernel';
import type { AuthorName } from '../authoring/author.js';
import { probedCodes } from '../authoring/author-failures.js';
import type { FailureReason } from './generation-repository.js';
import { type GivenUp, type GiveUpDeps, giveUp } from './handle-failure.js';

const batch = 500;

/** The outcome of an overdue generation. */
export interface FallenBackOverdue {
  reason: FailureReason;
  outcome: GivenUp;
}

/**
 * Gives up on generations whose author is in a cooldown, or cannot be called by any worker, if the
 * character wakes soon: the offline author finishes those days, or they fail. With `atOnce`, and if there
 * is a fallback, it also finishes days that a person is waiting for while only an operator can end the
 * cooldown. `available` are the authors that some worker can call. Rejects with `storage_unavailable`.
 */
export async function fallBackOverdue(
  deps: GiveUpDeps & { clock: Clock },
  available: readonly AuthorName[],
  options: { atOnce: boolean },
): Promise<FallenBackOverdue[]> {
  const { store, clock, fallback } = deps;
  const atOnce = options.atOnce && fallback === 'offline' ? probedCodes : [];
  const handled: FallenBackOverdue[] = [];
  for (;;) {
    const now = clock.now();
    const overdue = await store.generations.overdue({ now, available, atOnce, limit: batch });
    for (const { id, ...reason } of overdue) {
      const outcome = await giveUp(deps, { generationId: id, run: null }, reason);
      handled.push({ reason, outcome });
    }
    if (overdue.length < batch) return handled;
  }
}
