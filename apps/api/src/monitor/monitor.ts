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
import {
  type AlertThresholds,
  evaluateConditions,
  reportConditions,
  type SystemSnapshot,
} from './alert-conditions.js';
import { makeDatabaseOutage } from './database-outage.js';
import { makeDueDelivery } from './deliver-due.js';

export interface MonitorDeps {
  store: Pick<Store, 'exclusively' | 'days'>;
  alertRepository: AlertRepository;
  alerts: Alerts;
  routes: readonly Route[];
  delivering: Omit<DeliverDeps, 'alerts'>;
  fleet: Pick<Fleet, 'workers'>;
  queues: Pick<Queues, 'oldestWaits' | 'assertWritable' | 'evictionPolicy'>;
  clock: Clock;
  logger: Logger;
  limits: AlertThresholds & { watchSeconds: number };
  /** Minutes since midnight, local to each character; null if days are not planned automatically. */
  planningTime: number | null;
  /** How long Redis has to respond; default 2,000. */
  responseMs?: number;
}

export interface Monitor {
  start(): void;
  /** Checks the system once and starts to deliver due alerts. Only one process may do so at a time. */
  checkOnce(): Promise<void>;
  /** Postpones the deliveries in progress and waits for the check in progress. */
  close(): Promise<void>;
}

/** How long workers have to deliver an alert before this process does. */
const workersFirstMs = 60_000;
/** Checks are consecutive if they are at most this many intervals apart. */
const maxIntervalsApart = 3;

/**
 * Watches what cannot report its own absence: Redis, PostgreSQL and the workers. One api at a time
 * checks the system, raises alerts and delivers those that no worker delivers.
 */
export function makeMonitor(deps: MonitorDeps): Monitor {
  const { store, alertRepository, alerts, delivering, clock, logger, limits } = deps;
  const { responseMs = 2_000 } = deps;
  const maxGapSeconds = maxIntervalsApart * limits.watchSeconds;
  const closing = new AbortController();
  const { signal } = closing;
  const due = makeDueDelivery({ alertRepository, delivering, logger, signal });
  const database = makeDatabaseOutage({
    ...delivering,
    routes: deps.routes,
    clock,
    logger,
    signal,
  });
  let workerSeenAt = clock.now();
  let checkedAt = workerSeenAt;
  let redisMisses = 0;
  let timer: NodeJS.Timeout | undefined;
  let ticking: Promise<void> = Promise.resolve();

  async function takeSnapshot(): Promise<SystemSnapshot> {
    const now = clock.now();
    const missingDays =
      deps.planningTime === null
        ? { count: 0, some: [] }
        : await store.days.missing(now, deps.planningTime, limits.dayMissingMinutes);
    const inRedis = await withTimeout(responseMs, readRedis());
    return { missingDays, redis: inRedis !== null, ...(inRedis ?? unknown) };
  }

  async function readRedis() {
    // A full Redis still serves reads, but workers can no longer report to it.
    await deps.queues.assertWritable();
    const [workers, oldestWaitSeconds, evictionPolicy] = await Promise.all([
      deps.fleet.workers(),
      deps.queues.oldestWaits(clock.now()),
      deps.queues.evictionPolicy(),
    ]);
    return { workers, oldestWaitSeconds, evictionPolicy };
  }

  /** Another api saw this Redis outage so recently that it may continue, although Redis responds here. */
  function mayContinue({ kind, lastSeenAt }: OpenAlert, now: Temporal.Instant): boolean {
    return kind === 'redis_away' && secondsBetween(lastSeenAt, now) < maxGapSeconds;
  }

  async function checkOnce(): Promise<void> {
    // An alert that cannot be stored is handled like a database outage, from memory.
    await alertRepository.assertWritable();
    const snapshot = await takeSnapshot();
    const now = clock.now();
    // After a gap, because another api was checking or migrations were pending, history is unknown.
    const consecutive = secondsBetween(checkedAt, now) <= maxGapSeconds;
    checkedAt = now;
    const missedRedis = redisMisses > 0;
    redisMisses = snapshot.redis ? 0 : (consecutive ? redisMisses : 0) + 1;
    if (snapshot.workers.length > 0 || !snapshot.redis || !consecutive) workerSeenAt = now;
    const workerlessSeconds = secondsBetween(workerSeenAt, now);
    const conditions = evaluateConditions(snapshot, { redisMisses, workerlessSeconds, limits });
    const open = (await alertRepository.open()).filter(
      (alert) => missedRedis || !mayContinue(alert, now),
    );
    await reportConditions(alerts, open, conditions);
    const workersDeliver = snapshot.workers.some(({ queues }) => queues.includes('alerts'));
    due.start(clock.now().subtract({ milliseconds: workersDeliver ? workersFirstMs : 0 }));
  }

  async function tick(): Promise<void> {
    let databaseResult: true | TexasError = true;
    try {
      await store.exclusively('watch', checkOnce);
    } catch (error) {
      const failure = asTexasError(error);
      if (failure.code === 'storage_unavailable') databaseResult = failure;
      logger.warn('system check failed', { error });
    }
    if (signal.aborted) return;
    database.record(databaseResult);
    scheduleTick();
  }

  function scheduleTick(): void {
    timer = setTimeout(() => {
      ticking = tick();
    }, limits.watchSeconds * 1000).unref();
  }

  return {
    start: scheduleTick,
    checkOnce,
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

/** The snapshot's Redis part while Redis is unavailable. */
const unknown = {
  evictionPolicy: null,
  workers: [] as FleetWorker[],
  oldestWaitSeconds: new Map<QueueName, number>(),
};

/** Null if the work fails or takes too long. */
async function withTimeout<T>(ms: number, work: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  return Promise.race([work.catch(() => null), timeout]).finally(() => clearTimeout(timer));
}
