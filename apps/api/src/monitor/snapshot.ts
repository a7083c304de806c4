import type { FleetWorker, QueueName } from '@texas-ai/jobs';
import type { Alerts, Trouble } from '@texas-ai/kernel';

/** What the watch sees of the system. */
export interface Sight {
  /** False where Redis does not answer or rejects writes; then nothing is known of queues and workers. */
  redis: boolean;
  /** The `maxmemory-policy` of a Redis that may drop jobs, otherwise null. */
  evictionPolicy: string | null;
  workers: readonly FleetWorker[];
  /** Seconds that the oldest job of each queue has waited. */
  oldestWaitSeconds: ReadonlyMap<QueueName, number>;
  /** Characters whose day is missing although its time has come, and some of their ids. */
  missingDays: { count: number; some: readonly string[] };
}

export interface WatchLimits {
  queueWaitSeconds: number;
  noWorkerSeconds: number;
  dayMissingMinutes: number;
}

type Named = Pick<Trouble, 'kind' | 'subject'>;

/** Looks in a row without an answer that are a trouble. */
const missesUntilAway = 2;

/** What the looks before this one tell as well. */
export interface Background {
  /** Looks in a row that Redis did not answer, this one included. */
  redisMisses: number;
  workerlessSeconds: number;
  limits: WatchLimits;
}

/** Which troubles there are, and which there are not. A pure calculation. */
export function troublesIn(
  sight: Sight,
  { redisMisses, workerlessSeconds, limits }: Background,
): { troubles: Trouble[]; none: Named[] } {
  const troubles: Trouble[] = [];
  const none: Named[] = [];
  const tell = (is: boolean, trouble: Trouble) => {
    if (is) troubles.push(trouble);
    else none.push({ kind: trouble.kind, subject: trouble.subject });
  };

  // A single answer that is missing is neither trouble nor all well.
  if (redisMisses === 0 || redisMisses >= missesUntilAway) {
    tell(redisMisses > 0, {
      kind: 'redis_away',
      subject: 'redis',
      level: 'error',
      title: 'Redis does not answer, or rejects writes',
      message:
        'No work is begun until it is back; what was accepted is kept and goes on by itself then. Look ' +
        'after the Redis that REDIS_URL names: whether it runs, can be reached from here, has memory ' +
        '(maxmemory) and disk left, and is no replica.',
    });
  }
  const { count, some } = sight.missingDays;
  tell(count > 0, {
    kind: 'day_missing',
    subject: 'days',
    level: 'error',
    title: count === 1 ? `${some[0]} has no day` : `${count} characters have no day`,
    message:
      `It should have been written more than ${inWords(60 * limits.dayMissingMinutes)} ago: ` +
      `${some.join(', ')}${count > some.length ? ', …' : ''}. GET /v1/generations/:id or the ` +
      'queue board tell what holds it up; the log of the workers tells why.',
  });
  // Without Redis nobody can tell.
  if (!sight.redis) return { troubles, none };

  const { evictionPolicy } = sight;
  tell(evictionPolicy !== null, {
    kind: 'redis_evicts',
    subject: 'redis',
    level: 'warning',
    title: 'Redis may evict jobs',
    message:
      `The maxmemory-policy of the Redis that REDIS_URL names is ${evictionPolicy}: when its memory is full it drops ` +
      'jobs and locks, so that days come late or work is done twice. Set it to noeviction; a cache ' +
      'that may evict belongs in another Redis (CACHE_REDIS_URL).',
  });
  tell(workerlessSeconds > limits.noWorkerSeconds, {
    kind: 'no_worker',
    subject: 'fleet',
    level: 'error',
    title: 'no worker is running',
    message:
      'Days are accepted and nobody writes them. Start a worker: node apps/worker/dist/main.js.',
  });
  for (const [queue, seconds] of sight.oldestWaitSeconds) {
    const worked = sight.workers.some(({ queues }) => queues.includes(queue));
    // What no worker delivers the api does, and leaves the job.
    const done = queue === 'alerts' && !worked;
    tell(seconds > limits.queueWaitSeconds && !done, {
      kind: 'queue_waits',
      subject: queue,
      level: 'error',
      title: `jobs wait too long in ${queue}`,
      message:
        `The oldest has waited ${inWords(seconds)}. ` +
        (worked
          ? 'More workers, a larger WORKER_CONCURRENCY or a larger quota help; an author that rests ' +
            'is told of apart.'
          : 'No live worker works it: start one, with this queue in its WORKER_QUEUES.'),
    });
  }
  return { troubles, none };
}

/** What has passed whole, in minutes up to two hours. */
function inWords(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return 'less than a minute';
  if (minutes === 1) return '1 minute';
  return minutes < 120 ? `${minutes} minutes` : `${Math.floor(minutes / 60)} hours`;
}

/** Tells of what is there and of what is over. */
export async function tellAll(
  alerts: Alerts,
  open: readonly Named[],
  { troubles, none }: ReturnType<typeof troublesIn>,
): Promise<void> {
  for (const trouble of troubles) await alerts.raise(trouble);
  const over = none.filter(({ kind, subject }) =>
    open.some((each) => each.kind === kind && each.subject === subject),
  );
  for (const trouble of over) await alerts.recover(trouble);
}
