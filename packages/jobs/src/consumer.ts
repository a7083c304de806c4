import { asTexasError, type Logger, TexasError } from '@texas-ai/kernel';
import { DelayedError, type Job, UnrecoverableError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { QueueName } from './definition.js';
import type { FleetWorker } from './fleet.js';
import { defaultPrefix } from './queues.js';
import { isJobName, type JobName, type JobPayload, jobs } from './registry.js';

export interface JobContext {
  /** BullMQ's id of the job. */
  jobId: string;
  queue: string;
  /** Aborted when the job must stop, for example at shutdown. */
  signal: AbortSignal;
}

export type Handler<Name extends JobName> = (
  payload: JobPayload<Name>,
  context: JobContext,
) => Promise<void>;

export type Handlers = { [Name in JobName]: Handler<Name> };

/** What becomes of a job that failed. */
export interface Settlement {
  /** Never tried again. */
  over: boolean;
  /** How long to wait before the next try, in milliseconds. */
  delayMs: number;
}

export interface ConsumerOptions {
  connection: Redis;
  prefix?: string;
  queues: readonly QueueName[];
  /** Jobs at once per queue. */
  concurrency: number;
  handlers: Handlers;
  /** Runs the work of a job, for example inside a log context. */
  around(
    job: { name: JobName; id: string; payload: unknown },
    work: () => Promise<void>,
  ): Promise<void>;
  /** Decides on a failed job; `payload` may be anything, since it may be what failed. */
  settle(job: { name: JobName; payload: unknown }, failure: TexasError): Promise<Settlement>;
  logger: Logger;
}

type ActiveJob = FleetWorker['activeJobs'][number];

export interface Consumer {
  /** Resolves when every queue is being worked. */
  ready(): Promise<void>;
  isRunning(): boolean;
  queues: readonly QueueName[];
  /** What is being worked at this moment. */
  activeJobs(): ActiveJob[];
  /** Takes no more jobs and waits for the active ones, whose signals are aborted when `signal` is. */
  close(signal: AbortSignal): Promise<void>;
}

/** How long a job that this worker does not know waits for one that does, in milliseconds. */
const handBackMs = 30_000;

/** Works the queues: validates payloads, runs handlers, and has failures settled. */
export function makeConsumer(options: ConsumerOptions): Consumer {
  const { connection, prefix, queues, concurrency, logger } = options;
  const stop = new AbortController();
  const active = new Set<ActiveJob>();

  const workers = queues.map((queue) => {
    const worker = new Worker(
      queue,
      // BullMQ passes the signal only to a function of three parameters.
      (job, token, signal) => work(job, token, signal),
      {
        connection,
        prefix: prefix ?? defaultPrefix,
        concurrency,
        // A killed worker's jobs are taken over after 20 s at most.
        lockDuration: 15_000,
        stalledInterval: 5_000,
        maxStalledCount: 20,
        settings: { backoffStrategy: (_tries, _type, error) => delayOf(error) },
      },
    );
    worker.on('error', (error) => logger.warn('worker connection failed', { queue, error }));
    worker.on('stalled', (jobId) => logger.warn('job stalled, another worker takes it', { jobId }));
    return worker;
  });

  async function work(job: Job, token?: string, signal?: AbortSignal): Promise<void> {
    const known = isJobName(job.name) ? job.name : null;
    if (known === null || hasUnknownVersion(known, job.data)) {
      logger.warn('job handed back: this worker does not know its form', { jobId: job.id });
      await job.moveToDelayed(Date.now() + handBackMs, token);
      throw new DelayedError();
    }
    const context = {
      jobId: job.id ?? '',
      queue: job.queueName,
      signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
    };
    const { jobId: id, queue } = context;
    const activeJob = { id, name: known, queue, startedAt: new Date().toISOString() };
    active.add(activeJob);
    try {
      await options.around({ name: known, id, payload: job.data }, () =>
        attempt(known, job, context),
      );
    } finally {
      active.delete(activeJob);
    }
  }

  async function attempt(name: JobName, job: Job, context: JobContext): Promise<void> {
    try {
      await run(options.handlers, name, job.data, context);
    } catch (error) {
      const failure = asTexasError(error);
      const { over, delayMs } = await options.settle({ name, payload: job.data }, failure);
      // What BullMQ keeps of a failure is the code and our own words, nothing of its cause.
      const kept = `${failure.code}: ${failure.message}`;
      throw over ? new UnrecoverableError(kept) : new RetryLater(kept, delayMs);
    }
  }

  return {
    async ready() {
      await Promise.all(workers.map((worker) => worker.waitUntilReady()));
    },
    queues,
    activeJobs: () => [...active],
    isRunning: () => workers.every((worker) => worker.isRunning()),
    async close(signal) {
      const abort = () => stop.abort(new TexasError('aborted', 'The worker is shutting down.'));
      signal.addEventListener('abort', abort, { once: true });
      if (signal.aborted) abort();
      await Promise.all(workers.map((worker) => worker.close()));
    },
  };
}

class RetryLater extends Error {
  override readonly name = 'RetryLater';
  constructor(
    message: string,
    readonly delayMs: number,
  ) {
    super(message);
  }
}

/** 0 would be at once; a failure that nobody settled (the settling failed) waits 15 s. */
function delayOf(error: Error | undefined): number {
  return error instanceof RetryLater ? Math.max(error.delayMs, 1) : 15_000;
}

async function run<Name extends JobName>(
  handlers: Handlers,
  name: Name,
  data: unknown,
  context: JobContext,
): Promise<void> {
  const payload = jobs[name].payload.safeParse(data);
  if (!payload.success) {
    const problems = payload.error.issues.map(
      (issue) => `${issue.path.join('.')}: ${issue.message}`,
    );
    throw new TexasError('invalid_payload', `The job's payload is wrong. ${problems.join(' ')}`);
  }
  await handlers[name](payload.data as JobPayload<Name>, context);
}

function hasUnknownVersion(name: JobName, data: unknown): boolean {
  const version =
    typeof data === 'object' && data !== null && 'version' in data ? data.version : undefined;
  return typeof version === 'number' && version > jobs[name].version;
}
