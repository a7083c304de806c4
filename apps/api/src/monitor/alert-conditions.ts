import type { FleetWorker, QueueName } from '@texas-ai/jobs';
import type { AlertCondition, Alerts } from '@texas-ai/kernel';

/** The state of the system at one check. */
export interface SystemSnapshot {
  /** False if Redis does not respond or rejects writes; queues and workers are unknown then. */
  redis: boolean;
  /** The `maxmemory-policy` of a Redis that may evict jobs, otherwise null. */
  evictionPolicy: string | null;
  workers: readonly FleetWorker[];
  /** How long the oldest job of each queue has waited. */
  oldestWaitSeconds: ReadonlyMap<QueueName, number>;
  /** Characters whose day is overdue, with some of their ids. */
  missingDays: { count: number; some: readonly string[] };
}

export interface AlertThresholds {
  queueWaitSeconds: number;
  noWorkerSeconds: number;
  dayMissingMinutes: number;
}

/** What the checks before this one contribute. */
export interface MonitorHistory {
  /** Checks in a row, including this one, in which Redis did not respond. */
  redisMisses: number;
  workerlessSeconds: number;
  limits: AlertThresholds;
}

export interface EvaluatedConditions {
  active: AlertCondition[];
  /** Known not to hold; conditions that cannot be evaluated are in neither list. */
  inactive: ConditionKey[];
}

type ConditionKey = Pick<AlertCondition, 'kind' | 'subject'>;

/** Checks in a row without a response that count as an outage. */
const missesUntilOutage = 2;

/** Determines which alert conditions hold. Pure. */
export function evaluateConditions(
  snapshot: SystemSnapshot,
  { redisMisses, workerlessSeconds, limits }: MonitorHistory,
): EvaluatedConditions {
  const active: AlertCondition[] = [];
  const inactive: ConditionKey[] = [];
  const evaluate = (holds: boolean, condition: AlertCondition) => {
    if (holds) active.push(condition);
    else inactive.push({ kind: condition.kind, subject: condition.subject });
  };

  // A single missing response proves neither an outage nor its end.
  if (redisMisses === 0 || redisMisses >= missesUntilOutage) {
    evaluate(redisMisses > 0, redisUnavailable);
  }
  const { missingDays, evictionPolicy, oldestWaitSeconds } = snapshot;
  evaluate(missingDays.count > 0, dayMissing(missingDays, limits.dayMissingMinutes));
  if (!snapshot.redis) return { active, inactive };

  evaluate(evictionPolicy !== null, redisEvicts(evictionPolicy));
  evaluate(workerlessSeconds > limits.noWorkerSeconds, noWorker);
  for (const [queue, seconds] of oldestWaitSeconds) {
    const consumed = snapshot.workers.some(({ queues }) => queues.includes(queue));
    // Without a worker for `alerts` the api delivers them, and their jobs stay queued.
    const deliveredHere = queue === 'alerts' && !consumed;
    const tooLong = seconds > limits.queueWaitSeconds && !deliveredHere;
    evaluate(tooLong, queueWaits(queue, seconds, consumed));
  }
  return { active, inactive };
}

const redisUnavailable: AlertCondition = {
  kind: 'redis_away',
  subject: 'redis',
  level: 'error',
  title: 'Redis does not respond, or rejects writes',
  message:
    'No work is started until it is back; accepted work is kept and resumes automatically. Check ' +
    'that the Redis of REDIS_URL is running, is reachable from here, has free memory (maxmemory) and disk ' +
    'space, and is not a replica.',
};

const noWorker: AlertCondition = {
  kind: 'no_worker',
  subject: 'fleet',
  level: 'error',
  title: 'no worker is running',
  message: 'Days are accepted but not written. Start a worker: node apps/worker/dist/main.js.',
};

function dayMissing(
  { count, some }: SystemSnapshot['missingDays'],
  dayMissingMinutes: number,
): AlertCondition {
  return {
    kind: 'day_missing',
    subject: 'days',
    level: 'error',
    title: count === 1 ? `${some[0]} has no day` : `${count} characters have no day`,
    message:
      `It should have been written more than ${inWords(60 * dayMissingMinutes)} ago: ` +
      `${some.join(', ')}${count > some.length ? ', …' : ''}. GET /v1/generations/:id and the queue ` +
      'board show where it is stuck; the worker log shows why.',
  };
}

function redisEvicts(evictionPolicy: string | null): AlertCondition {
  return {
    kind: 'redis_evicts',
    subject: 'redis',
    level: 'warning',
    title: 'Redis may evict jobs',
    message:
      `The Redis of REDIS_URL has the maxmemory-policy ${evictionPolicy}: once its memory is full ` +
      'it drops jobs and locks, so that days are late or work is done twice. Set it to noeviction; a cache ' +
      'that may evict belongs in another Redis (CACHE_REDIS_URL).',
  };
}

function queueWaits(queue: QueueName, seconds: number, consumed: boolean): AlertCondition {
  return {
    kind: 'queue_waits',
    subject: queue,
    level: 'error',
    title: `jobs wait too long in ${queue}`,
    message:
      `The oldest has waited ${inWords(seconds)}. ` +
      (consumed
        ? 'Add workers, or raise WORKER_CONCURRENCY or the quota; an author in cooldown has its own alert.'
        : 'No live worker consumes this queue: start one with it in WORKER_QUEUES.'),
  };
}

/** Rounded down; in minutes up to two hours. */
function inWords(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return 'less than a minute';
  if (minutes === 1) return '1 minute';
  return minutes < 120 ? `${minutes} minutes` : `${Math.floor(minutes / 60)} hours`;
}

/** Raises active conditions and recovers those of the open alerts that are inactive. */
export async function reportConditions(
  alerts: Alerts,
  open: readonly ConditionKey[],
  { active, inactive }: EvaluatedConditions,
): Promise<void> {
  for (const condition of active) await alerts.raise(condition);
  const recovered = inactive.filter(({ kind, subject }) =>
    open.some((alert) => alert.kind === kind && alert.subject === subject),
  );
  for (const condition of recovered) await alerts.recover(condition);
}
