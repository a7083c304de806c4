import { type Logger, TexasError } from '@texas-ai/kernel';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { type QueueName, queueNames } from './definition.js';

/** Where everything of ours in Redis begins, unless told otherwise. */
export const defaultPrefix = 'texas';

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
  close(): Promise<void>;
}

export interface QueuesOptions {
  connection: Redis;
  prefix?: string;
  logger: Logger;
}

export function openQueues({ connection, prefix, logger }: QueuesOptions): Queues {
  const opened = new Map<QueueName, Queue>();

  function get(name: QueueName): Queue {
    const known = opened.get(name);
    if (known) return known;
    const queue = new Queue(name, { connection, prefix: prefix ?? defaultPrefix });
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
    async close() {
      await Promise.all([...opened.values()].map((queue) => queue.close()));
    },
  };
}
