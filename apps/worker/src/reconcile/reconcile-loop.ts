import type { Consumer } from '@texas-ai/jobs';
import { authorNames, isProbed } from '@texas-ai/life';
import { applyHolds } from '../authors/apply-cooldowns.js';
import { tellOfHolds } from '../authors/cooldown-alerts.js';
import { checkAuthors, probeHeld } from '../authors/probe-authors.js';
import type { WorkerDeps } from '../deps.js';
import { endLongWaits } from './end-long-waits.js';
import { reconcile } from './reconcile.js';

/** How often, at least, a refusing author is looked at for days that somebody waits for. */
const impatientMs = 2_000;

/**
 * The timer of every worker, which needs nothing in Redis: looks after its own queues and authors, and,
 * one worker at a time, after the work of all. Begins at once.
 */
export function keepReconciling(deps: WorkerDeps, consumer: Consumer): { stop(): Promise<void> } {
  const { store, clock, logger, timing, announcements } = deps;
  const stopped = new AbortController();
  const probing = { ...deps, signal: stopped.signal };
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | null = null;
  /** Whether an author of this process refuses to write until a person has done something. */
  let isRefused = false;
  /** Until the check at start is over, what is held may be a key or model that this process replaces. */
  let isChecked = false;
  let handingOver: Promise<void> | null = null;

  async function ownQueues(): Promise<void> {
    const producer = deps.steps;
    let held = await applyHolds({ ...deps, consumer, producer });
    if (await probeHeld(probing, held)) held = await applyHolds({ ...deps, consumer, producer });
    isRefused = held.some(({ code }) => isProbed(code));
  }

  /** Days that a person waits for go to the next author sooner than the next tick. */
  async function handOver(): Promise<void> {
    try {
      await store.exclusively('reconcile', () => endLongWaits(deps, { atOnce: true }));
    } catch (error) {
      logger.warn('days not handed over, will be tried again', { error });
    }
    handingOver = null;
  }
  const impatience = setInterval(
    () => {
      const hasNext = deps.config.authoring.fallback === 'offline';
      if (isChecked && isRefused && hasNext) handingOver ??= handOver();
    },
    Math.min(impatientMs, timing.reconcileMs),
  );

  /** Beside the work: an author that hangs holds up nothing. */
  async function checkAtStart(): Promise<void> {
    try {
      const asked = authorNames.filter((name) => consumer.queues.includes(`author-${name}`));
      if (await checkAuthors(probing, asked)) {
        await deps.announcer.announce({ kind: 'holds.changed' });
      }
    } catch (error) {
      logger.warn('authors not checked', { error });
    }
    isChecked = true;
  }

  /** Looks run one after the other. */
  function look(): void {
    const look = async () => {
      try {
        await ownQueues();
      } catch (error) {
        logger.warn('cooldowns not applied', { error });
      }
    };
    looking = (looking ?? Promise.resolve()).then(look);
  }

  /** Alerts begin and end with their holds, not only at the next tick. */
  async function tell(): Promise<void> {
    try {
      await store.exclusively('reconcile', () => tellOfHolds(deps));
    } catch (error) {
      logger.warn('alerts of holds not updated, will be tried again', { error });
    }
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
      if (kind !== 'holds.changed') return;
      look();
      looking = (looking ?? Promise.resolve()).then(tell);
    }),
  ];
  const checking = checkAtStart();
  let ticking = tick();
  return {
    async stop() {
      stopped.abort();
      clearTimeout(timer);
      clearInterval(impatience);
      for (const stop of stopListening) stop();
      await checking;
      await handingOver;
      await ticking;
      await looking;
    },
  };
}
