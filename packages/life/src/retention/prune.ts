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
   * Drops the day from caches. Called before the transaction commits, so that no day is missed; a reader
   * may still cache the old day in between, so a second drop has to follow, as in `ReadCache.drop`. If it
   * rejects, the batch of days is not removed.
   */
  onDayRemoved(character: string, date: string): Promise<void>;
}

export interface Pruned {
  kind: RetentionKind;
  /** The maximum age in days. */
  days: number;
  /** The same as an instant, RFC 3339, and as a date, for rows that have only a date. */
  before: Pick<Cutoff, 'date'> & { instant: string };
  count: number;
}

/** The maximum number of rows per transaction. A generation has about a hundred dependent rows. */
const batchSizes: Record<RetentionKind, number> = {
  interactions: 2_000,
  'idempotency-keys': 2_000,
  'replaced-generations': 200,
  'given-up-generations': 200,
  days: 200,
  calls: 2_000,
  alerts: 2_000,
};

/**
 * Removes rows that are older than the retention age of their kind, oldest first, in small transactions.
 * Returns the number per kind; with `dryRun`, the number that would be removed. Checks the signal between
 * batches. Rejects with the signal's reason, `storage_unavailable`, and the failures of `onDayRemoved`.
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
  const limit = batchSizes[kind];
  for (let count = 0; ; ) {
    signal.throwIfAborted();
    const removed =
      kind === 'days'
        ? await removeDays(deps, cutoff, limit)
        : await deps.store.retention.remove(kind, cutoff, limit);
    count += removed;
    if (removed < limit) return count;
  }
}

function removeDays({ store, onDayRemoved }: PruneDeps, cutoff: Cutoff, limit: number) {
  return store.transaction(async ({ retention }) => {
    const gone = await retention.removeDays(cutoff, limit);
    await Promise.all(gone.map(({ character, date }) => onDayRemoved(character, date)));
    return gone.length;
  });
}
