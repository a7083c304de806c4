import type { Clock, Logger } from '@texas-ai/kernel';
import type { Store } from '../store.js';
import {
  agesOf,
  type Cutoff,
  cutoffOf,
  type RetentionAges,
  type RetentionKind,
} from './retention.js';

export interface PruneDeps {
  store: Pick<Store, 'retention' | 'transaction'>;
  clock: Clock;
  logger: Logger;
  ages: RetentionAges;
  /**
   * Drops the day from caches. Called just before it is gone for good, so that nothing can be
   * forgotten; whoever builds the old one once more at that moment needs a second drop a little later,
   * as `ReadCache.drop` does. Where it rejects, the batch of days stays.
   */
  onDayRemoved(character: string, date: string): Promise<void>;
}

export interface Pruned {
  kind: RetentionKind;
  /** The age from which on it is removed. */
  days: number;
  /** The same as an instant, RFC 3339, and for what has a date as that. */
  before: Pick<Cutoff, 'date'> & { instant: string };
  count: number;
}

/** In one statement and one transaction. A generation has some hundred rows. */
const batches: Record<RetentionKind, number> = {
  interactions: 2_000,
  'idempotency-keys': 2_000,
  'replaced-generations': 200,
  'given-up-generations': 200,
  days: 200,
  calls: 2_000,
  alerts: 2_000,
};

/**
 * Removes what is older than its kind is kept, oldest first, in small batches that each are there or
 * gone as a whole; answers how many of each kind. With `dryRun` nothing is removed, and the answer is
 * what would be.
 * Rejects with the signal's reason between two batches, `storage_unavailable`, and what `onDayRemoved` does.
 */
export async function prune(
  deps: PruneDeps,
  { dryRun, signal }: { dryRun: boolean; signal: AbortSignal },
): Promise<Pruned[]> {
  const now = deps.clock.now();
  const pruned: Pruned[] = [];
  for (const { kind, days } of agesOf(deps.ages)) {
    const cutoff = cutoffOf(now, days);
    const count = dryRun
      ? await deps.store.retention.count(kind, cutoff)
      : await removeAll(deps, kind, cutoff, signal);
    const before = { instant: cutoff.instant.toString(), date: cutoff.date };
    pruned.push({ kind, days, before, count });
    if (count > 0 && !dryRun) deps.logger.info('old data removed', { kind, count, days });
  }
  return pruned;
}

async function removeAll(
  deps: PruneDeps,
  kind: RetentionKind,
  cutoff: Cutoff,
  signal: AbortSignal,
): Promise<number> {
  const most = batches[kind];
  for (let count = 0; ; ) {
    signal.throwIfAborted();
    const removed =
      kind === 'days'
        ? await removeDays(deps, cutoff, most)
        : await deps.store.retention.remove(kind, cutoff, most);
    count += removed;
    if (removed < most) return count;
  }
}

function removeDays({ store, onDayRemoved }: PruneDeps, cutoff: Cutoff, most: number) {
  return store.transaction(async ({ retention }) => {
    const gone = await retention.removeDays(cutoff, most);
    await Promise.all(gone.map(({ character, date }) => onDayRemoved(character, date)));
    return gone.length;
  });
}
