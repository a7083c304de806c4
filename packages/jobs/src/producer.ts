import { TexasError } from '@texas-ai/kernel';
import type { JobState, Step, StepQueue } from '@texas-ai/life';
import type { JobsOptions } from 'bullmq';
import type { QueueName } from './definition.js';
import { planPriority } from './priorities.js';
import { holdLimit, type Queues } from './queues.js';
import { type JobPayload, jobs } from './registry.js';

/** Which channel is told of the beginning or the end of which alert. */
export type AlertMessage = Omit<JobPayload<'send-alert'>, 'version'>;

export interface Producer extends StepQueue {
  /** Has workers tell channels. Rejects with `queue_unavailable`. */
  sendAlerts(messages: readonly AlertMessage[]): Promise<void>;
  /** Has a worker make the backup of that id; asked again, it changes nothing. Rejects with `queue_unavailable`. */
  backUp(backupId: string): Promise<void>;
  /** Nobody takes a job of the queue for so many milliseconds. Rejects with `queue_unavailable`. */
  hold(queue: QueueName, ms: number): Promise<void>;
}

// How often to try is a policy of `life`, which counts tries in the database; BullMQ only must not
// give up before it does.
const optionsOf = (failedDays: number): JobsOptions => ({
  attempts: 1000,
  backoff: { type: 'policy' },
  removeOnComplete: { age: 3600, count: 1000 },
  removeOnFail: { age: failedDays * 24 * 3600, count: 5000 },
});

const redisFix =
  'Check REDIS_URL (or the REDIS_ variables), and whether that Redis runs, accepts our credentials and has free memory.';

/** Adds jobs to the queues, which keep those that failed for so many days. */
export function makeProducer(queues: Queues, { failedDays = 7 } = {}): Producer {
  const { connection } = queues;
  const options = optionsOf(failedDays);

  /** BullMQ would wait for a connection that is not ready; a producer fails at once instead. */
  async function reaching<T>(work: () => Promise<T>): Promise<T> {
    try {
      if (connection.status !== 'ready') throw new Error(`The connection is ${connection.status}.`);
      return await work();
    } catch (error) {
      throw new TexasError('queue_unavailable', 'The queue does not answer.', {
        cause: error,
        details: { reason: error instanceof Error ? error.message : String(error), fix: redisFix },
      });
    }
  }

  async function enqueue(steps: readonly Step[]): Promise<void> {
    await reaching(async () => {
      for (const name of new Set(steps.map(queueOf))) {
        const some = steps.filter((step) => queueOf(step) === name);
        for (const slice of slicesOf(some)) {
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
    return reaching(async () => {
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
      await reaching(() => queues.get('alerts').addBulk(messages.map(toAlertJob)));
    },
    async backUp(backupId) {
      const data = { version: jobs.backup.version, backupId };
      const kept = { ...options, removeOnComplete: true, removeOnFail: true };
      await reaching(() =>
        queues.get('maintenance').add('backup', data, { ...kept, jobId: `backup-${backupId}` }),
      );
    },
    async hold(queue, ms) {
      await reaching(async () => {
        // A hold that lasts longer stays.
        const left = await queues.get(queue).getRateLimitTtl(holdLimit.max);
        if (left < ms) await queues.get(queue).rateLimit(ms);
      });
    },
  };
}

/** Steps handed to Redis in one turn, few enough not to hold the event loop. */
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

/** The queue that a step waits in. */
export function queueOf(step: Step): QueueName {
  return step.kind === 'publish-day' ? 'days' : `author-${step.author}`;
}

/** `<step>-<generation>-<run>[-<chapter>]`: BullMQ ignores an id that it knows. */
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

/** Tries are counted in the database; a job leaves nothing behind, so the next one finds its id free. */
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
