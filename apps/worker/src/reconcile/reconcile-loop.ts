import type { Consumer } from '@texas-ai/jobs';
import { authorNames, isProbed } from '@texas-ai/life';
import { applyCooldowns } from '../authors/apply-cooldowns.js';
import { updateCooldownAlerts } from '../authors/cooldown-alerts.js';
import { checkAuthors, probeDue } from '../authors/probe-authors.js';
import type { WorkerDeps } from '../deps.js';
import { fallBackOverdue } from './fall-back-overdue.js';
import { reconcile } from './reconcile.js';

/** How often requested days fall back while their author refuses calls, unless `reconcileMs` is shorter. */
const fallBackAtOnceMs = 2_000;

/**
 * Starts the reconciler of this worker, which does not depend on Redis. It applies the cooldowns to the
 * worker's queues and, in one worker at a time, reconciles the work of the fleet.
 */
export function startReconciling(deps: WorkerDeps, consumer: Consumer): { stop(): Promise<void> } {
  const { store, steps, authors, meter, clock, logger, timing, announcements } = deps;
  const { fallback } = deps.config.authoring;
  const stopped = new AbortController();
  const { probeMs, storeRetryMs } = timing;
  const probing = {
    ...{ store, authors, meter, clock, logger, probeMs, storeRetryMs },
    signal: stopped.signal,
  };
  let timer: NodeJS.Timeout | undefined;
  /** Whether an author of this worker refuses calls until an operator acts. */
  let isRefused = false;
  /** Before the check at start, a cooldown may belong to a key or model that this process replaces. */
  let isChecked = false;

  /** Runs the work under the reconciler's lock; a failure is logged, and the next run retries it. */
  async function exclusively(work: () => Promise<void>, onFailure: string): Promise<void> {
    try {
      await store.exclusively('reconcile', work);
    } catch (error) {
      logger.warn(onFailure, { error });
    }
  }

  async function applyToQueues(): Promise<void> {
    const applying = { store, authors, clock, consumer, producer: steps };
    try {
      let cooldowns = await applyCooldowns(applying);
      if (await probeDue(probing, cooldowns)) cooldowns = await applyCooldowns(applying);
      isRefused = cooldowns.some(({ code }) => isProbed(code));
    } catch (error) {
      logger.warn('cooldowns not applied', { error });
    }
  }

  /** The chain of `applyToQueues` runs and their follow-ups. */
  let applying: Promise<void> = Promise.resolve();
  function applyNext(then: () => Promise<void> = async () => undefined): Promise<void> {
    applying = applying.then(applyToQueues).then(then);
    return applying;
  }

  let fallingBack: Promise<void> | null = null;
  const fallBackTimer = setInterval(
    () => {
      if (!isChecked || !isRefused || fallback !== 'offline') return;
      fallingBack ??= exclusively(
        () => fallBackOverdue({ ...deps, fallback }, { atOnce: true }),
        'overdue days not handed to the offline author, will be retried',
      ).finally(() => {
        fallingBack = null;
      });
    },
    Math.min(fallBackAtOnceMs, timing.reconcileMs),
  );

  /** Runs concurrently, so that an author that hangs delays nothing. */
  async function checkAtStart(): Promise<void> {
    try {
      const names = authorNames.filter((name) => consumer.queues.includes(`author-${name}`));
      if (await checkAuthors(probing, names)) {
        await deps.announcer.announce({ kind: 'holds.changed' });
      }
    } catch (error) {
      logger.warn('authors not checked', { error });
    }
    isChecked = true;
  }

  async function tick(): Promise<void> {
    await clock.synchronise();
    await applyNext();
    await exclusively(() => reconcile(deps), 'reconciliation failed, will be retried');
    if (stopped.signal.aborted) return;
    timer = setTimeout(() => {
      ticking = tick();
    }, timing.reconcileMs);
  }

  const unsubscribe = announcements.onAnnouncement(({ kind }) => {
    if (kind !== 'holds.changed') return;
    void applyNext(() =>
      exclusively(() => updateCooldownAlerts(deps), 'cooldown alerts not updated, will be retried'),
    );
  });
  const checking = checkAtStart();
  let ticking = tick();
  return {
    async stop() {
      stopped.abort();
      clearTimeout(timer);
      clearInterval(fallBackTimer);
      unsubscribe();
      await checking;
      await fallingBack;
      await ticking;
      await applying;
    },
  };
}
