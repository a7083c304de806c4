import { TexasError } from '@texas-ai/kernel';
import { defaultRepeatStrategy } from 'bullmq';
import { type JobName, jobs, type QueueName } from './definitions.js';
import type { Queues } from './queues.js';

/** A recurring job. */
export interface Schedule {
  job: Extract<JobName, 'plan-due-days' | 'backup' | 'verify-backup' | 'prune'>;
  /** Cron, with minutes first. */
  pattern: string;
  /** IANA time zone of the pattern. */
  timeZone: string;
}

const queueOf: Record<Schedule['job'], QueueName> = {
  'plan-due-days': 'days',
  backup: 'maintenance',
  'verify-backup': 'maintenance',
  prune: 'maintenance',
};

/** Milliseconds by which the next job may be late, or too far in the future, before it counts as lost. */
const toleranceMs = 120_000;

const options = {
  attempts: 3,
  backoff: { type: 'policy' },
  removeOnComplete: { age: 3600, count: 100 },
  removeOnFail: { age: 24 * 3600, count: 100 },
};

/**
 * Restores the schedules that are missing from Redis or differ, removes the others, and returns the restored ones.
 * Must run in one process at a time: BullMQ duplicates a schedule that several create at once. Rejects with
 * `queue_unavailable`.
 */
export async function restoreSchedules(
  queues: Queues,
  wanted: readonly Schedule[],
): Promise<JobName[]> {
  const restored: JobName[] = [];
  try {
    // BullMQ would wait for Redis while the caller holds a lock.
    const { status } = queues.connection;
    if (status !== 'ready') throw new Error(`The connection is ${status}.`);
    for (const job of Object.keys(queueOf) as Schedule['job'][]) {
      const queue = queues.get(queueOf[job]);
      const found = await queue.getJobScheduler(job);
      const schedule = wanted.find((each) => each.job === job);
      if (!schedule) {
        if (found) await queue.removeJobScheduler(job);
        continue;
      }
      const { pattern, timeZone: tz } = schedule;
      const isCurrent = found?.pattern === pattern && found.tz === tz;
      if (isCurrent && isPlausible(found.next ?? 0, { pattern, tz })) continue;
      // Each run starts its own trace instead of continuing this one.
      const opts = { ...options, telemetry: { omitContext: true } };
      const template = { name: job, data: { version: jobs[job].version }, opts };
      await queue.upsertJobScheduler(job, { pattern, tz }, template);
      restored.push(job);
    }
    return restored;
  } catch (error) {
    throw new TexasError('queue_unavailable', 'The schedules cannot be stored in the queues.', {
      cause: error,
    });
  }
}

/** A worker whose clock was ahead may have set a time in the far future; nothing would run until then. */
function isPlausible(next: number, repeat: { pattern: string; tz: string }): boolean {
  const latest =
    defaultRepeatStrategy(Date.now() + toleranceMs, repeat) ?? Number.POSITIVE_INFINITY;
  return next > Date.now() - toleranceMs && next <= latest;
}
