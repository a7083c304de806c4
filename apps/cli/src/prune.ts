import { makeOwner, systemClock, TexasError } from '@texas-ai/kernel';
import { type PruneDeps, type Pruned, prune, type RetentionKind } from '@texas-ai/life';
import { makeStore } from '@texas-ai/storage';
import { withDatabase } from './database.js';
import type { CliDeps } from './deps.js';
import { dayDropper } from './drop-days.js';
import { tableOf } from './table.js';

type PruneCommandDeps = Pick<CliDeps, 'config' | 'logger' | 'output'> & {
  /** Ends it between two batches. */
  signal: AbortSignal;
};

export interface PruneOptions {
  dryRun: boolean;
  json: boolean;
}

/**
 * Removes what is older than the configuration keeps it and prints how much that was; with `dryRun`
 * how much it would be. Throws what opening the database throws, `queue_unavailable` where days are
 * to be dropped from a cache that is away, `storage_conflict` while somebody else is at it, and
 * `aborted`.
 */
export async function pruneOldData(
  deps: PruneCommandDeps,
  { dryRun, json }: PruneOptions,
): Promise<number> {
  const { config, logger, output, signal } = deps;
  const pruned = await withDatabase(deps, 'texas-prune', async (database) => {
    const owner = makeOwner();
    const store = makeStore(database);
    const dropDay = dayDropper(deps, owner);
    const onDayRemoved = dropDay ?? (async () => undefined);
    const pruning = { store, clock: systemClock, logger, ages: config.retention, onDayRemoved };
    try {
      if (dryRun) return await prune(pruning, { dryRun, signal });
      const removed = await removeAlone(pruning, signal);
      if (dropDay === null && removed.some(({ kind, count }) => kind === 'days' && count > 0)) {
        output.progress('What an api has in its cache is still answered for a day at most.');
      }
      return removed;
    } finally {
      await owner.closeAll();
    }
  });
  if (json) output.result(JSON.stringify({ dryRun, removed: pruned }, null, 2));
  else if (pruned.length > 0) output.result(listOf(pruned, dryRun));
  else output.progress('Everything is kept for ever: the section “retention” has no ages.');
  return 0;
}

async function removeAlone(
  pruning: PruneDeps & { store: ReturnType<typeof makeStore> },
  signal: AbortSignal,
): Promise<Pruned[]> {
  let removed: Pruned[] = [];
  const alone = await pruning.store.exclusively('prune', async () => {
    removed = await prune(pruning, { dryRun: false, signal }).catch((error) => {
      if (!signal.aborted) throw error;
      throw new TexasError('aborted', 'Stopped. What was removed so far is gone.');
    });
  });
  if (alone) return removed;
  throw new TexasError('storage_conflict', 'Old data is being removed already.');
}

const names: Record<RetentionKind, string> = {
  interactions: 'interactions',
  'idempotency-keys': 'idempotency keys',
  'replaced-generations': 'replaced generations',
  'given-up-generations': 'failed or cancelled generations',
  days: 'days of a life',
  calls: 'author calls',
  alerts: 'recovered alerts',
};

/** Which of them have a date and no instant. */
const dated: ReadonlySet<RetentionKind> = new Set(['interactions', 'days', 'calls']);

function listOf(pruned: readonly Pruned[], dryRun: boolean): string {
  return tableOf(
    ['WHAT', 'KEPT DAYS', 'BEFORE', dryRun ? 'WOULD GO' : 'GONE'],
    pruned.map(({ kind, days, before, count }) => [
      names[kind],
      String(days),
      dated.has(kind) ? before.date : before.instant.slice(0, 10),
      String(count),
    ]),
  );
}
