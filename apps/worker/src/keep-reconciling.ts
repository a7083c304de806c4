import type { Consumer } from '@texas-ai/jobs';
import { applyHolds } from './apply-holds.js';
import type { WorkerDeps } from './deps.js';
import { probeKeys } from './probe-keys.js';
import { reconcile } from './reconcile.js';

/**
 * The timer of every worker, which needs nothing in Redis: looks after its own queues and keys, and,
 * one worker at a time, after the work of all. Begins at once.
 */
export function keepReconciling(deps: WorkerDeps, consumer: Consumer): { stop(): Promise<void> } {
  const { store, clock, logger, timing, announcements } = deps;
  const stopped = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | null = null;

  async function ownQueues(): Promise<void> {
    const producer = deps.steps;
    const holds = await applyHolds({ ...deps, consumer, producer });
    const probing = { ...deps, holds, probeMs: timing.probeMs, signal: stopped.signal };
    if (await probeKeys(probing)) await applyHolds({ ...deps, consumer, producer });
  }

  /** However often it is asked for, one look is under way and at most one follows. */
  function look(): void {
    const look = async () => {
      try {
        await ownQueues();
      } catch (error) {
        logger.warn('holds not looked at', { error });
      }
    };
    looking = (looking ?? Promise.resolve()).then(look);
  }

  async function tick(): Promise<void> {
    await clock.agree();
    look();
    await looking;
    try {
      await store.exclusively('reconcile', () => reconcile(deps));
    } catch (error) {
      logger.warn('not reconciled', { error });
    }
    if (stopped.signal.aborted) return;
    timer = setTimeout(() => {
      ticking = tick();
    }, timing.reconcileMs);
  }

  const stopListening = [
    announcements.onAnnouncement(({ kind }) => {
      if (kind === 'holds.changed') look();
    }),
  ];
  let ticking = tick();
  return {
    async stop() {
      stopped.abort();
      clearTimeout(timer);
      for (const stop of stopListening) stop();
      await ticking;
      await looking;
    },
  };
}
