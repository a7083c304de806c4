import { makeOwner, systemClock, TexasError } from '@texas-ai/kernel';
import { type PruneDeps, type Pruned, prune, type RetentionKind } from '@texas-ai/life';
import { makeStore } from '@texas-ai/storage';
import { withDatabase } from './database.js';
import type { CliDeps } from './deps.js';
import { makeDropDay } from './drop-days.js';
import { formatJson, formatTable } from './output.js';

type PruneCommandDeps = Pick<CliDeps, 'config' | 'logger' | 'output' | 'stopSignal'>;

export interface PruneOptions {
  dryRun: boolean;
  json: boolean;
}

/**
 * Removes data that exceeds its configured retention and prints the counts. With `dryRun` nothing is removed. A stop
 * signal takes effect between two batches. Throws `queue_unavailable` if days cannot be dropped from the cache,
 * `storage_conflict` if another prune is running, and `aborted`.
 */
export async function pruneOldData(
  deps: PruneCommandDeps,
  { dryRun, json }: PruneOptions,
): Promise<number> {
  const { config, logger, output } = deps;
  const signal = deps.stopSignal();
  const pruned = await withDatabase(deps, 'texas-prune', async (database) => {
    const owner = makeOwner();
    const store = makeStore(database);
    const dropDay = makeDropDay(deps, owner);
    const onDayRemoved = dropDay ?? (async () => undefined);
    const pruneDeps = { store, clock: systemClock, logger, ages: config.retention, onDayRemoved };
    try {
      if (dryRun) return await prune(pruneDeps, { dryRun, signal });
      const removed = await pruneExclusively(pruneDeps, signal);
      if (dropDay === null && removed.some(({ kind, count }) => kind === 'days' && count > 0)) {
        output.progress('APIs may serve removed days from their caches for up to a day.');
      }
      return removed;
    } finally {
      await owner.closeAll();
    }
  });
  if (json) output.result(formatJson({ dryRun, removed: pruned }));
  else if (pruned.length > 0) output.result(formatPruned(pruned, dryRun));
  else output.progress('Everything is kept forever: the section “retention” has no ages.');
  return 0;
}

async function pruneExclusively(
  deps: PruneDeps & { store: ReturnType<typeof makeStore> },
  signal: AbortSignal,
): Promise<Pruned[]> {
  let removed: Pruned[] = [];
  const acquired = await deps.store.exclusively('prune', async () => {
    removed = await prune(deps, { dryRun: false, signal }).catch((error) => {
      if (!signal.aborted) throw error;
      throw new TexasError('aborted', 'Stopped. What was removed so far stays removed.');
    });
  });
  if (acquired) return removed;
  throw new TexasError('storage_conflict', 'Another prune is running.');
}

const kindNames: Record<RetentionKind, string> = {
  interactions: 'interactions',
  'idempotency-keys': 'idempotency keys',
  'replaced-generations': 'replaced generations',
  'given-up-generations': 'failed or cancelled generations',
  days: 'days',
  calls: 'author calls',
  alerts: 'recovered alerts',
};

/** Kinds whose age is counted from a local date instead of an instant. */
const datedKinds: ReadonlySet<RetentionKind> = new Set(['interactions', 'days', 'calls']);

function formatPruned(pruned: readonly Pruned[], dryRun: boolean): string {
  return formatTable(
    ['DATA', 'DAYS KEPT', 'BEFORE', dryRun ? 'TO REMOVE' : 'REMOVED'],
    pruned.map(({ kind, days, before, count }) => [
      kindNames[kind],
      String(days),
      datedKinds.has(kind) ? before.date : before.instant.slice(0, 10),
      String(count),
    ]),
  );
}
