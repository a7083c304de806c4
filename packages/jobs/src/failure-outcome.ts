import type { TexasError } from '@texas-ai/kernel';
import type { FailureOutcome } from '@texas-ai/life';
import { DelayedError, type Job, RateLimitError, UnrecoverableError } from 'bullmq';
import type { QueueName } from './definitions.js';

class RetryLater extends Error {
  override readonly name = 'RetryLater';
  constructor(
    message: string,
    readonly delayMs: number,
  ) {
    super(message);
  }
}

/** The backoff strategy for BullMQ, which treats 0 as “immediately”. */
export function retryDelayMs(error: Error | undefined, defaultMs: number): number {
  return error instanceof RetryLater ? Math.max(error.delayMs, 1) : defaultMs;
}

/** Puts the job back for any worker, without counting an attempt. Always rejects, as BullMQ expects. */
export async function handBack(
  job: Job,
  token: string | undefined,
  delayMs: number,
): Promise<never> {
  await job.moveToDelayed(Date.now() + Math.max(delayMs, 1), token);
  throw new DelayedError();
}

/** Carries out the outcome. Always rejects, with the error that BullMQ expects for it. */
export async function applyOutcome(
  outcome: FailureOutcome,
  { job, token, failure }: { job: Job; token: string | undefined; failure: TexasError },
  queues: {
    pauseForAll(queue: QueueName, ms: number): Promise<void>;
    pauseHere(queue: QueueName): Promise<void>;
  },
): Promise<never> {
  // BullMQ stores the code and our own message, but nothing about the cause.
  const reason = `${failure.code}: ${failure.message}`;
  switch (outcome.kind) {
    case 'fell-back':
    case 'failed':
      throw new UnrecoverableError(reason);
    case 'again':
      throw new RetryLater(reason, outcome.delayMs);
    case 'handed-back':
      return handBack(job, token, outcome.delayMs);
    case 'held': {
      const queue = job.queueName as QueueName;
      if (outcome.by === 'all') await queues.pauseForAll(queue, outcome.ms);
      else await queues.pauseHere(queue);
      // The job returns to the head of its queue.
      throw new RateLimitError();
    }
  }
}
