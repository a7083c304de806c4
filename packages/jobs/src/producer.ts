import { TexasError } from '@texas-ai/kernel';
import type { JobState, Step, StepQueue } from '@texas-ai/life';
import type { JobsOptions } from 'bullmq';
import { type JobPayload, jobs, planPriority, type QueueName } from './definitions.js';
import { pauseLimit, type Queues } from './queues.js';

/** Identifies the delivery of an alert, or of its recovery, to a channel. */
export type AlertMessage = Omit<JobPayload<'send-alert'>, 'version'>;

export interface Producer extends StepQueue {
  /** Enqueues deliveries to channels. Rejects with `queue_unavailable`. */
  sendAlerts(messages: readonly AlertMessage[]): Promise<void>;
  /** Enqueues the backup with this id; further calls do nothing. Rejects with `queue_unavailable`. */
  backUp(backupId: string): Promise<void>;
  /** Pauses the queue for all workers for `ms`, unless it is already paused for longer. Rejects with `queue_unavailable`. */
  pauseQueue(queue: QueueName, ms: number): Promise<void>;
}

// `life` decides on retries, by attempts that it counts in the database; BullMQ must not give up first.
const optionsOf = (failedDays: number): JobsOptions => ({
  attempts: 1000,
  backoff: { type: 'policy' },
  removeOnComplete: { age: 3600, count: 1000 },
  removeOnFail: { age: failedDays * 24 * 3600, count: 5000 },
});

const redisFix =
  'Check REDIS_URL (or the REDIS_ variables), and that Redis is running, accepts our credentials and has free memory.';

/** Adds jobs to the queues, which keep failed jobs for `failedDays`. */
export function makeProducer(queues: Queues, { failedDays = 7 } = {}): Producer {
  const { connection } = queues;
  const options = optionsOf(failedDays);

  /** Fails at once if Redis is unavailable; BullMQ would wait for the connection. */
  async function ifReachable<T>(work: () => Promise<T>): Promise<T> {
    try {
      if (connection.status !== 'ready') throw new Error(`The connection is ${connection.status}.`);
      return await work();
    } catch (error) {
      throw new TexasError('queue_unavailable', 'The queue does not respond.', {
        cause: error,
        details: { reason: error instanceof Error ? error.message : String(error), fix: redisFix },
      });
    }
  }

  async function enqueue(steps: readonly Step[]): Promise<void> {
    await ifReachable(async () => {
      for (const name of new Set(steps.map(queueOf))) {
        const stepsInQueue = steps.filter((step) => queueOf(step) === name);
        for (const slice of slicesOf(stepsInQueue)) {
          await queues.get(name).addBulk(slice.map((step) => toJob(step, options)));
        }
      }
    });
  }

  async function states(steps: readonly Step[]): Promise<JobState[]> {
    const stateOf = async (step: Step) => {
      const state = await queues.get(queueOf(step)).getJobState(jobId(step));
      return jobStates[state] ?? 'none';
    };
    return ifReachable(async () => {
      const found: JobState[] = [];
      for (const slice of slicesOf(steps)) found.push(...(await Promise.all(slice.map(stateOf))));
      return found;
    });
  }

  return {
    enqueue,
    states,
    async sendAlerts(messages) {
      if (messages.length === 0) return;
      await ifReachable(() => queues.get('alerts').addBulk(messages.map(toAlertJob)));
    },
    async backUp(backupId) {
      const data = { version: jobs.backup.version, backupId };
      const jobOptions = { ...options, removeOnComplete: true, removeOnFail: true };
      await ifReachable(() =>
        queues
          .get('maintenance')
          .add('backup', data, { ...jobOptions, jobId: `backup-${backupId}` }),
      );
    },
    async pauseQueue(queue, ms) {
      await ifReachable(async () => {
        const remainingMs = await queues.get(queue).getRateLimitTtl(pauseLimit.max);
        if (remainingMs < ms) await queues.get(queue).rateLimit(ms);
      });
    },
  };
}

/** Steps per command, few enough not to block the event loop. */
const sliceLength = 250;

function slicesOf(steps: readonly Step[]): Step[][] {
  const count = Math.ceil(steps.length / sliceLength);
  return Array.from({ length: count }, (_, index) =>
    steps.slice(index * sliceLength, (index + 1) * sliceLength),
  );
}

const jobStates: Readonly<Record<string, JobState>> = {
  waiting: 'waiting',
  prioritized: 'waiting',
  delayed: 'waiting',
  active: 'active',
  completed: 'ended',
  failed: 'ended',
};

/** The queue of a step. */
export function queueOf(step: Step): QueueName {
  return step.kind === 'publish-day' ? 'days' : `author-${step.author}`;
}

/** `<step>-<generation>-<run>[-<chapter>]`: BullMQ ignores an id that already exists. */
export function jobId({ kind, generationId, run, chapter }: Step): string {
  return [kind, generationId, run, ...(chapter === undefined ? [] : [chapter])].join('-');
}

function toJob(step: Step, options: JobsOptions) {
  const { kind, generationId, run, requestId, chapter } = step;
  const payload = {
    version: jobs[kind].version,
    generationId,
    run,
    requestId,
    ...(kind === 'write-chapter' && { chapter }),
  };
  const priority = kind === 'plan-day' ? { priority: planPriority[step.askedBy] } : {};
  return { name: kind, data: payload, opts: { ...options, ...priority, jobId: jobId(step) } };
}

/** Attempts are counted in the database; a finished job is removed, so its id can be used again. */
function toAlertJob({ alertId, channel, phase }: AlertMessage) {
  return {
    name: 'send-alert',
    data: { version: jobs['send-alert'].version, alertId, channel, phase },
    opts: {
      attempts: 1,
      removeOnComplete: true,
      removeOnFail: true,
      jobId: `send-alert-${alertId}-${channel}-${phase}`,
    },
  };
}
