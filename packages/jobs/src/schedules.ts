import { TexasError } from '@texas-ai/kernel';
import type { QueueName } from './definition.js';
import type { Queues } from './queues.js';
import { type JobName, jobs } from './registry.js';

/** What is done again and again, by whichever worker takes it. */
interface Schedule {
  job: JobName;
  queue: QueueName;
  /** Cron, with minutes first, in UTC. */
  pattern: string;
}

const schedules: readonly Schedule[] = [
  { job: 'plan-due-days', queue: 'days', pattern: '* * * * *' },
];

/** A schedule whose next job is so late, in milliseconds, has lost it. */
const lateMs = 120_000;

const options = {
  attempts: 3,
  backoff: { type: 'policy' },
  removeOnComplete: { age: 3600, count: 100 },
  removeOnFail: { age: 24 * 3600, count: 100 },
};

/**
 * Puts the schedules back that Redis has lost, and answers which. To be done by one process at a
 * time: BullMQ makes a schedule twice where several begin it at once. Rejects with `queue_unavailable`.
 */
export async function restoreSchedules(queues: Queues): Promise<JobName[]> {
  const restored: JobName[] = [];
  try {
    for (const { job, queue: name, pattern } of schedules) {
      const queue = queues.get(name);
      const found = await queue.getJobScheduler(job);
      const runs = found?.pattern === pattern && (found.next ?? 0) > Date.now() - lateMs;
      if (runs) continue;
      const template = { name: job, data: { version: jobs[job].version }, opts: options };
      await queue.upsertJobScheduler(job, { pattern, tz: 'UTC' }, template);
      restored.push(job);
    }
    return restored;
  } catch (error) {
    throw new TexasError('queue_unavailable', 'The queues do not take schedules.', {
      cause: error,
    });
  }
}
