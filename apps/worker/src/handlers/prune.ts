import type { Handler } from '@texas-ai/jobs';
import { prune } from '@texas-ai/life';
import type { WorkerDeps } from '../deps.js';

export function pruneHandler(deps: WorkerDeps): Handler<'prune'> {
  const { store, clock, logger, config, forgetDay: onDayGone } = deps;
  return async (_payload, { signal }) => {
    await store.exclusively('prune', async () => {
      const pruning = { store, clock, logger, ages: config.retention, onDayGone };
      await prune(pruning, { dryRun: false, signal });
    });
  };
}
