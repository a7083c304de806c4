import { TexasError } from '@texas-ai/kernel';
import type { Step, StepQueue } from '@texas-ai/life';
import type { JobsOptions } from 'bullmq';
import type { QueueName } from './definition.js';
import type { Queues } from './queues.js';
import { jobs } from './registry.js';

export interface Producer extends StepQueue {
  /** Whether the queues can be reached; rejects with `queue_unavailable` where not. */
  ping(): Promise<void>;
}

// How often to try is a policy of `life`, which counts tries in the database; BullMQ only must not
// give up before it does.
const options: JobsOptions = {
  attempts: 1000,
  backoff: { type: 'policy' },
  removeOnComplete: { age: 3600, count: 1000 },
  removeOnFail: { age: 7 * 24 * 3600, count: 5000 },
};

/** A day that a person asked for comes before those of the night; chapters come before any plan. */
const requestedPriority = 1;

/** Adds jobs to the queues. */
export function makeProducer(queues: Queues): Producer {
  const { connection } = queues;

  /** BullMQ would wait for a connection that is not ready; a producer fails at once instead. */
  async function reaching<T>(work: () => Promise<T>): Promise<T> {
    try {
      if (connection.status !== 'ready') throw new Error(`The connection is ${connection.status}.`);
      return await work();
    } catch (error) {
      throw new TexasError('queue_unavailable', 'The queue does not answer.', { cause: error });
    }
  }

  async function enqueue(steps: readonly Step[]): Promise<void> {
    const byQueue = new Map<QueueName, Step[]>();
    for (const step of steps) {
      const name = queueOf(step);
      byQueue.set(name, [...(byQueue.get(name) ?? []), step]);
    }
    await reaching(() =>
      Promise.all([...byQueue].map(([name, some]) => queues.get(name).addBulk(some.map(toJob)))),
    );
  }

  async function isSpent(step: Step): Promise<boolean> {
    const state = await reaching(() => queues.get(queueOf(step)).getJobState(jobId(step)));
    return state === 'completed' || state === 'failed';
  }

  return {
    enqueue,
    isSpent,
    async ping() {
      await reaching(() => connection.ping());
    },
  };
}

/** The queue that a step waits in. */
export function queueOf(step: Step): QueueName {
  return step.kind === 'publish-day' ? 'days' : `author-${step.author}`;
}

/** `<step>-<generation>-<run>[-<chapter>]`: BullMQ ignores an id that it knows. */
export function jobId({ kind, generationId, run, chapter }: Step): string {
  return [kind, generationId, run, ...(chapter === undefined ? [] : [chapter])].join('-');
}

function toJob(step: Step) {
  const { kind, generationId, run, requestId, chapter } = step;
  const payload = {
    version: jobs[kind].version,
    generationId,
    run,
    requestId,
    ...(kind === 'write-chapter' && { chapter }),
  };
  const priority = kind === 'plan-day' ? { priority: requestedPriority } : {};
  return { name: kind, data: payload, opts: { ...options, ...priority, jobId: jobId(step) } };
}
