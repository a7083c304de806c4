import { type Logger, type Temporal, TexasError } from '@texas-ai/kernel';
import { Queue, RedisConnection, type Telemetry } from 'bullmq';
import type { Redis } from 'ioredis';
import { defaultPrefix, type QueueName, queueNames } from './definition.js';
import { planPriority } from './priorities.js';
import { describeRedis, oldestUsable } from './redis-server.js';

/**
 * More jobs than anybody takes in a second. BullMQ holds a queue for all workers by its rate limit, and
 * asks for it only where there is one.
 */
export const holdLimit = { max: 1_000_000_000, duration: 1_000 };

/**
 * BullMQ would ask the server with each queue, print what it thinks of its eviction policy, and fail where
 * INFO is forbidden. assertRedisSupported asks once for all; this is what BullMQ may rely on then.
 */
export const serverIsChecked = { skipVersionCheck: true } as const;
RedisConnection.minimumVersion = `${oldestUsable}.0.0`;

/**
 * The queues as a producer sees them, each opened when it is first used. One that could not be opened
 * because Redis was away is opened anew the next time.
 */
export interface Queues {
  /** The one that all of them use. */
  readonly connection: Redis;
  get(name: QueueName): Queue;
  /** All of them, once each is open. Rejects with `queue_unavailable` where Redis does not answer. */
  all(): Promise<Queue[]>;
  /** How many jobs of each queue could be begun now, were there a worker free. */
  waiting(): Promise<Map<QueueName, number>>;
  /** How many jobs each queue has in each state. */
  counts(): Promise<Map<QueueName, JobCounts>>;
  /** How many seconds the oldest such job of each queue has waited; 0 where there is none. */
  oldestWaits(now: Temporal.Instant): Promise<Map<QueueName, number>>;
  /** The `maxmemory-policy` of a Redis that may drop jobs, otherwise null. Rejects where it does not answer. */
  evictionPolicy(): Promise<string | null>;
  /** Rejects with `queue_unavailable` where Redis accepts no writes: it is away, full, or a replica. */
  assertWritable(): Promise<void>;
  close(): Promise<void>;
}

/** Of one queue: what can be begun now, by priority or not, what waits for its time, and the rest. */
export type JobCounts = Readonly<Record<(typeof jobStates)[number], number>>;

/** Those that are in use, the most urgent first. */
const priorities = Object.values(planPriority).sort((one, other) => one - other);

/** As BullMQ calls them. */
const bullStates = ['wait', 'prioritized', 'delayed', 'active', 'failed'] as const;
const jobStates = ['waiting', 'prioritized', 'delayed', 'active', 'failed'] as const;

export interface QueuesOptions {
  connection: Redis;
  prefix?: string;
  /** Carries traces from whoever adds a job to whoever works it. */
  telemetry?: Telemetry | undefined;
  logger: Logger;
}

export function openQueues({
  connection,
  prefix = defaultPrefix,
  telemetry,
  logger,
}: QueuesOptions): Queues {
  const opened = new Map<QueueName, Queue>();

  function get(name: QueueName): Queue {
    const known = opened.get(name);
    if (known) return known;
    const queue = new Queue(name, {
      connection,
      prefix,
      ...serverIsChecked,
      ...(telemetry && { telemetry }),
    });
    queue.on('error', (error) => logger.warn('queue failed', { error }));
    opened.set(name, queue);
    // BullMQ never tries again to open a queue, and whatever it is asked fails from then on.
    queue.waitUntilReady().catch(() => {
      if (opened.get(name) === queue) opened.delete(name);
      queue.close().catch((error) => logger.debug('queue not closed', { error }));
    });
    return queue;
  }

  return {
    connection,
    get,
    async all() {
      const queues = queueNames.map(get);
      try {
        await Promise.all(queues.map((queue) => queue.waitUntilReady()));
      } catch (error) {
        throw new TexasError('queue_unavailable', 'The queues do not answer.', { cause: error });
      }
      return queues;
    },
    async waiting() {
      const counts = queueNames.map(async (name): Promise<[QueueName, number]> => {
        return [name, await get(name).getJobCountByTypes('wait', 'prioritized')];
      });
      return new Map(await Promise.all(counts));
    },
    async counts() {
      const counts = queueNames.map(async (name): Promise<[QueueName, JobCounts]> => {
        const { wait, ...others } = await get(name).getJobCounts(...bullStates);
        const found: Readonly<Record<string, number>> = { ...others, waiting: wait ?? 0 };
        const entries = jobStates.map((state) => [state, found[state] ?? 0]);
        return [name, Object.fromEntries(entries) as JobCounts];
      });
      return new Map(await Promise.all(counts));
    },
    async oldestWaits(now) {
      const waits = queueNames.map(async (name): Promise<[QueueName, number]> => {
        const queue = get(name);
        const firsts = [await queue.getJobs('wait', 0, 0, true)];
        // Of equal priority the oldest is first, behind all that are more urgent.
        const counts = await queue.getCountsPerPriority(priorities);
        let before = 0;
        for (const priority of priorities) {
          const count = counts[priority] ?? 0;
          if (count > 0) firsts.push(await queue.getJobs('prioritized', before, before, true));
          before += count;
        }
        // A job that was made for later waits since then.
        const since = firsts.flat().map((job) => job.timestamp + (job.opts.delay ?? 0));
        const oldest = Math.min(...since, now.epochMilliseconds);
        return [name, (now.epochMilliseconds - oldest) / 1000];
      });
      return new Map(await Promise.all(waits));
    },
    evictionPolicy: async () => (await describeRedis(connection)).evictionPolicy,
    async assertWritable() {
      try {
        await connection.set(`${prefix}:writable`, '1', 'EX', 60);
      } catch (error) {
        throw new TexasError('queue_unavailable', 'Redis accepts no writes.', { cause: error });
      }
    },
    async close() {
      await Promise.all([...opened.values()].map((queue) => queue.close()));
    },
  };
}
