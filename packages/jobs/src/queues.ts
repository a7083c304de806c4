import { type Logger, type Temporal, TexasError } from '@texas-ai/kernel';
import { Queue, RedisConnection, type Telemetry } from 'bullmq';
import type { Redis } from 'ioredis';
import { defaultPrefix, planPriority, type QueueName, queueNames } from './definitions.js';
import { describeRedis, oldestUsable } from './redis-server.js';

/**
 * More jobs than can ever be taken in a second. A queue is paused for all workers through its rate limit, which
 * BullMQ only checks if there is one.
 */
export const pauseLimit = { max: 1_000_000_000, duration: 1_000 };

/**
 * BullMQ would check the server for each queue, print warnings about its eviction policy, and fail if INFO is
 * forbidden. `assertRedisSupported` does it once instead, and guarantees this minimum version.
 */
export const skipServerChecks = { skipVersionCheck: true } as const;
RedisConnection.minimumVersion = `${oldestUsable}.0.0`;

/** The queues as a producer sees them. Each is opened at its first use, and again if Redis was unavailable then. */
export interface Queues {
  /** Shared by all queues. */
  readonly connection: Redis;
  get(name: QueueName): Queue;
  /** Returns all queues once they are open. Rejects with `queue_unavailable`. */
  all(): Promise<Queue[]>;
  /** Counts the jobs of each queue that a free worker could start now. */
  waiting(): Promise<Map<QueueName, number>>;
  /** Counts the jobs of each queue by state. */
  counts(): Promise<Map<QueueName, JobCounts>>;
  /** Returns how many seconds the oldest waiting job of each queue has waited; 0 if there is none. */
  oldestWaits(now: Temporal.Instant): Promise<Map<QueueName, number>>;
  /** Returns the `maxmemory-policy` if it may evict jobs, otherwise null. Rejects if Redis does not reply. */
  evictionPolicy(): Promise<string | null>;
  /** Rejects with `queue_unavailable` if Redis accepts no writes because it is unavailable, full, or a replica. */
  assertWritable(): Promise<void>;
  close(): Promise<void>;
}

/** The jobs of one queue by state. */
export type JobCounts = Readonly<Record<(typeof jobStates)[number], number>>;

/** Highest first. */
const priorities = Object.values(planPriority).sort((one, other) => one - other);

/** BullMQ's names of `jobStates`. */
const bullStates = ['wait', 'prioritized', 'delayed', 'active', 'failed'] as const;
const jobStates = ['waiting', 'prioritized', 'delayed', 'active', 'failed'] as const;

export interface QueuesOptions {
  connection: Redis;
  prefix?: string;
  /** Carries traces from producer to worker. */
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
      ...skipServerChecks,
      ...(telemetry && { telemetry }),
    });
    queue.on('error', (error) => logger.warn('queue failed', { error }));
    opened.set(name, queue);
    // BullMQ never retries to open a queue; all its methods would reject from then on.
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
        throw new TexasError('queue_unavailable', 'The queues do not respond.', {
          cause: error,
        });
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
        const oldestJobs = [await queue.getJobs('wait', 0, 0, true)];
        // Jobs are sorted by priority, then by age: find the oldest of each priority.
        const counts = await queue.getCountsPerPriority(priorities);
        let offset = 0;
        for (const priority of priorities) {
          const count = counts[priority] ?? 0;
          if (count > 0) oldestJobs.push(await queue.getJobs('prioritized', offset, offset, true));
          offset += count;
        }
        // A delayed job waits from the time it was due.
        const waitingSince = oldestJobs.flat().map((job) => job.timestamp + (job.opts.delay ?? 0));
        const oldest = Math.min(...waitingSince, now.epochMilliseconds);
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
