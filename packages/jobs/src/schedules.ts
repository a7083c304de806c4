import { TexasError } from '@texas-ai/kernel';
import { defaultRepeatStrategy } from 'bullmq';
import type { QueueName } from './definition.js';
import type { Queues } from './queues.js';
import { type JobName, jobs } from './registry.js';

/** What is done again and again, by whichever worker takes it. */
export interface Schedule {
  job: Extract<JobName, 'plan-due-days' | 'backup' | 'verify-backup' | 'prune'>;
  /** Cron, with minutes first. */
  pattern: string;
  /** IANA zone of the pattern. */
  timeZone: string;
}

const queueOf: Record<Schedule['job'], QueueName> = {
  'plan-due-days': 'days',
  backup: 'maintenance',
  'verify-backup': 'maintenance',
  prune: 'maintenance',
};

/** A schedule whose next job is so late, or so much too far ahead, in milliseconds, has lost it. */
const lateMs = 120_000;

const options = {
  attempts: 3,
  backoff: { type: 'policy' },
  removeOnComplete: { age: 3600, count: 100 },
  removeOnFail: { age: 24 * 3600, count: 100 },
};

/**
 * Puts the schedules back that Redis has lost or that stand otherwise, takes away those that are not
 * wanted any more, and answers which it put back. To be done by one process at a
 * time: BullMQ makes a schedule twice where several begin it at once. Rejects with `queue_unavailable`.
 */
export async function restoreSchedules(
  queues: Queues,
  wanted: readonly Schedule[],
): Promise<JobName[]> {
  const restored: JobName[] = [];
  try {
    // BullMQ would wait for a Redis that is away, with a lock that others wait for.
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
      const stands = found?.pattern === pattern && found.tz === tz;
      if (stands && isSoon(found.next ?? 0, { pattern, tz })) continue;
      // Each run is a trace of its own, not all of them one that began with whoever put this back.
      const opts = { ...options, telemetry: { omitContext: true } };
      const template = { name: job, data: { version: jobs[job].version }, opts };
      await queue.upsertJobScheduler(job, { pattern, tz }, template);
      restored.push(job);
    }
    return restored;
  } catch (error) {
    throw new TexasError('queue_unavailable', 'The queues do not take schedules.', {
      cause: error,
    });
  }
}

/** Not of a worker whose clock was ahead for a while: it would be the last one until then. */
function isSoon(next: number, repeat: { pattern: string; tz: string }): boolean {
  const latest = defaultRepeatStrategy(Date.now() + lateMs, repeat) ?? Number.POSITIVE_INFINITY;
  return next > Date.now() - lateMs && next <= latest;
}
