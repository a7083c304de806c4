import type { Alert, AlertRepository, DeliverDeps, Route } from '@texas-ai/alerting';
import type { Fleet, FleetWorker, QueueName, Queues } from '@texas-ai/jobs';
import {
  type Alerts,
  asTexasError,
  type Clock,
  type Logger,
  type Temporal,
  type TexasError,
} from '@texas-ai/kernel';
import type { Store } from '@texas-ai/life';
import { makeDatabaseAway } from './database-away.js';
import { makeDueDelivery } from './deliver-due.js';
import { type Sight, tellAll, troublesIn, type WatchLimits } from './snapshot.js';

export interface WatchDeps {
  store: Pick<Store, 'exclusively' | 'days'>;
  alertRepository: AlertRepository;
  alerts: Alerts;
  routes: readonly Route[];
  delivering: Omit<DeliverDeps, 'alerts'>;
  fleet: Pick<Fleet, 'workers'>;
  queues: Pick<Queues, 'oldestWaits' | 'assertWritable' | 'evictionPolicy'>;
  clock: Clock;
  logger: Logger;
  limits: WatchLimits & { watchSeconds: number };
  /** The planning time, local to each character; null where days are not planned by themselves. */
  planningTime: number | null;
  /** How long Redis has to answer, in milliseconds; default 2,000. */
  answerMs?: number;
}

export interface Watch {
  start(): void;
  /** Looks once and begins to deliver what is due; this process alone is to do so. */
  watchOnce(): Promise<void>;
  /** Puts off what is being delivered and waits for the look that is under way. */
  close(): Promise<void>;
}

/** How long workers have to deliver an alert before this process does, in milliseconds. */
const workersFirstMs = 60_000;
/** A look takes some seconds itself, and the next one comes by so many times the interval. */
const mostLooksMissed = 3;

/**
 * What Redis or workers are needed for cannot warn of their absence: so one api at a time looks after
 * them, warns by itself, and delivers what no worker delivers.
 */
export function makeWatch(deps: WatchDeps): Watch {
  const { store, alertRepository, alerts, delivering, clock, logger, limits } = deps;
  const { answerMs = 2_000 } = deps;
  const closing = new AbortController();
  const { signal } = closing;
  const due = makeDueDelivery({ alertRepository, delivering, logger, signal });
  const database = makeDatabaseAway({ ...delivering, routes: deps.routes, clock, logger, signal });
  let workerSeenAt = clock.now();
  let lookedAt = workerSeenAt;
  /** Looks in a row that Redis did not answer. */
  let redisMisses = 0;
  let timer: NodeJS.Timeout | undefined;
  let ticking: Promise<void> = Promise.resolve();

  async function look(): Promise<Sight> {
    const now = clock.now();
    const missingDays =
      deps.planningTime === null
        ? { count: 0, some: [] }
        : await store.days.missing(now, deps.planningTime, limits.dayMissingMinutes);
    const fleet = await withinTime(answerMs, inRedis());
    return { missingDays, redis: fleet !== null, ...(fleet ?? nothing) };
  }

  async function inRedis() {
    // A full one answers as well, and then workers cannot say that they are there.
    await deps.queues.assertWritable();
    const [workers, oldestWaitSeconds, evictionPolicy] = await Promise.all([
      deps.fleet.workers(),
      deps.queues.oldestWaits(clock.now()),
      deps.queues.evictionPolicy(),
    ]);
    return { workers, oldestWaitSeconds, evictionPolicy };
  }

  /** Another api may miss Redis still, though it answers this one. */
  function mayLast({ kind, lastSeenAt }: OpenAlert, now: Temporal.Instant): boolean {
    const lately = mostLooksMissed * limits.watchSeconds;
    return kind === 'redis_away' && secondsBetween(lastSeenAt, now) < lately;
  }

  async function watchOnce(): Promise<void> {
    // What cannot be kept here is told of from memory, as if PostgreSQL were away.
    await alertRepository.assertWritable();
    const sight = await look();
    const now = clock.now();
    // Who did not look, since another api did or migrations were to come, cannot tell what was.
    const looking = secondsBetween(lookedAt, now) <= mostLooksMissed * limits.watchSeconds;
    lookedAt = now;
    const missedRedis = redisMisses > 0;
    redisMisses = sight.redis ? 0 : (looking ? redisMisses : 0) + 1;
    if (sight.workers.length > 0 || !sight.redis || !looking) workerSeenAt = now;
    const workerlessSeconds = secondsBetween(workerSeenAt, now);
    const seen = troublesIn(sight, { redisMisses, workerlessSeconds, limits });
    const open = (await alertRepository.open()).filter(
      (alert) => missedRedis || !mayLast(alert, now),
    );
    await tellAll(alerts, open, seen);
    const delivered = sight.workers.some(({ queues }) => queues.includes('alerts'));
    due.begin(clock.now().subtract({ milliseconds: delivered ? workersFirstMs : 0 }));
  }

  async function tick(): Promise<void> {
    let answers: true | TexasError = true;
    try {
      await store.exclusively('watch', watchOnce);
    } catch (error) {
      const failure = asTexasError(error);
      if (failure.code === 'storage_unavailable') answers = failure;
      logger.warn('system not watched', { error });
    }
    if (signal.aborted) return;
    database.notice(answers);
    tickLater();
  }

  function tickLater(): void {
    timer = setTimeout(() => {
      ticking = tick();
    }, limits.watchSeconds * 1000).unref();
  }

  return {
    start: tickLater,
    watchOnce,
    async close() {
      closing.abort();
      clearTimeout(timer);
      await ticking;
      await Promise.all([due.idle(), database.idle()]);
    },
  };
}

type OpenAlert = Pick<Alert, 'kind' | 'lastSeenAt'>;

function secondsBetween(one: Temporal.Instant, other: Temporal.Instant): number {
  return (other.epochMilliseconds - one.epochMilliseconds) / 1000;
}

const nothing = {
  evictionPolicy: null,
  workers: [] as FleetWorker[],
  oldestWaitSeconds: new Map<QueueName, number>(),
};

/** Null where there is no answer in time. */
async function withinTime<T>(ms: number, work: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  return Promise.race([work.catch(() => null), late]).finally(() => clearTimeout(timer));
}
