import type { Consumer } from '@texas-ai/jobs';
import { authorNames, isProbed } from '@texas-ai/life';
import { applyCooldowns } from '../authors/apply-cooldowns.js';
import { updateCooldownAlerts } from '../authors/cooldown-alerts.js';
import { checkAuthors, probeDue } from '../authors/probe-authors.js';
import type { WorkerDeps } from '../deps.js';
import { fallBackOverdue } from './fall-back-overdue.js';
import { reconcile } from './reconcile.js';

/** How often, at least, days that people wait for fall back while their author refuses to write. */
const fallBackAtOnceMs = 2_000;

/**
 * The timer of every worker, which does not depend on Redis. Applies the cooldowns to this worker's
 * queues and, one worker at a time, reconciles the work of the fleet. Starts at once.
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
  /** Whether an author of this process refuses to write until an operator acts. */
  let isRefused = false;
  /** Until the check at start is done, a cooldown may be that of a key or model which this process replaces. */
  let isChecked = false;

  /** Runs the work under the lock of the reconciler; failures are logged, and the next run makes up for them. */
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

  /** Runs of `applyToQueues`, and what follows them, one after the other. */
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
        'days not handed to the next author, will be tried again',
      ).finally(() => {
        fallingBack = null;
      });
    },
    Math.min(fallBackAtOnceMs, timing.reconcileMs),
  );

  /** Runs beside the work, so that an author that hangs delays nothing. */
  async function checkAtStart(): Promise<void> {
    try {
      const worked = authorNames.filter((name) => consumer.queues.includes(`author-${name}`));
      if (await checkAuthors(probing, worked)) {
        await deps.announcer.announce({ kind: 'holds.changed' });
      }
    } catch (error) {
      logger.warn('authors not checked', { error });
    }
    isChecked = true;
  }

  async function tick(): Promise<void> {
    await clock.agree();
    await applyNext();
    await exclusively(() => reconcile(deps), 'not reconciled');
    if (stopped.signal.aborted) return;
    timer = setTimeout(() => {
      ticking = tick();
    }, timing.reconcileMs);
  }

  // Alerts follow their cooldowns at once.
  const unsubscribe = announcements.onAnnouncement(({ kind }) => {
    if (kind !== 'holds.changed') return;
    void applyNext(() =>
      exclusively(
        () => updateCooldownAlerts(deps),
        'alerts of cooldowns not updated, will be tried again',
      ),
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
