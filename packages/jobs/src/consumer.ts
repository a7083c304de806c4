import { asTexasError, type Logger, TexasError } from '@texas-ai/kernel';
import type { FailureOutcome, GivenUp } from '@texas-ai/life';
import { type Job, type Telemetry, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import {
  defaultPrefix,
  isJobName,
  type JobName,
  type JobPayload,
  jobs,
  type QueueName,
} from './definitions.js';
import { applyOutcome, handBack, retryDelayMs } from './failure-outcome.js';
import type { FleetWorker } from './fleet.js';
import { pauseLimit, skipServerChecks } from './queues.js';
import { makeRestartingWorker } from './restarting-worker.js';

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

/** A label of metrics: a job that is never retried is `over`. */
type AttemptOutcome = 'done' | 'over' | Exclude<FailureOutcome['kind'], GivenUp['kind']>;

export interface ConsumerOptions {
  connection: Redis;
  prefix?: string;
  queues: readonly QueueName[];
  /** Continues the trace in which a job was added. */
  telemetry?: Telemetry | undefined;
  /** Maximum number of concurrent jobs per queue. */
  concurrencyOf(queue: QueueName): number;
  timing: {
    /** Milliseconds without a lock renewal after which another worker takes a job. */
    lockMs: number;
    /** Milliseconds between searches for such jobs. */
    stallCheckMs: number;
    /** Milliseconds until a job is retried if `handleFailure` itself failed. */
    unhandledRetryMs: number;
  };
  handlers: Handlers;
  /** Wraps the run of a job, for example in a log context. */
  around(
    job: { name: JobName; id: string; payload: unknown },
    run: () => Promise<void>,
  ): Promise<void>;
  /** Decides on a failed job. The payload is not validated: it may be the reason for the failure. */
  handleFailure(
    job: { name: JobName; payload: unknown },
    failure: TexasError,
  ): Promise<FailureOutcome>;
  /** Called after each attempt. */
  onEnded?(attempt: { name: JobName; outcome: AttemptOutcome; seconds: number }): void;
  /** Pauses a queue for all workers. */
  pauseQueue(queue: QueueName, ms: number): Promise<void>;
  logger: Logger;
}

type ActiveJob = FleetWorker['activeJobs'][number];

export interface Consumer {
  /** Resolves when jobs are taken from every queue. */
  ready(): Promise<void>;
  isRunning(): boolean;
  queues: readonly QueueName[];
  activeJobs(): ActiveJob[];
  /** Stops or resumes taking jobs of the queue in this process. Active jobs continue. */
  setPaused(queue: QueueName, paused: boolean): Promise<void>;
  /** Stops taking jobs and waits for the active ones; when `signal` aborts, so do theirs. */
  close(signal: AbortSignal): Promise<void>;
}

/** Milliseconds until another worker may take a job from a newer release. */
const handBackMs = 30_000;
/** Delay after a failure of the worker loop itself. */
const runRetryMs = 1_000;
/** How long an idle worker waits for a job until it asks again; a new job wakes it at once. The default is 5 s. */
const idleWaitSeconds = 10;
/** How soon a worker notices that a pause ended, or that it should close: BullMQ only checks then. */
const pauseCheckMs = 1_000;

/** Takes jobs from the queues, validates their payloads, runs their handlers and applies failure outcomes. */
export function makeConsumer(options: ConsumerOptions): Consumer {
  const { connection, prefix = defaultPrefix, queues, timing, logger } = options;
  const stop = new AbortController();
  const active = new Set<ActiveJob>();
  const workers = new Map(
    queues.map((queue) => [
      queue,
      makeRestartingWorker(() => makeWorker(queue), { queue, logger }),
    ]),
  );

  function makeWorker(queue: QueueName): Worker {
    const worker = new Worker(
      queue,
      // BullMQ passes the signal only to a function of three parameters.
      (job, token, signal) => runJob(job, token, signal),
      {
        connection,
        prefix,
        ...skipServerChecks,
        concurrency: options.concurrencyOf(queue),
        lockDuration: timing.lockMs,
        stalledInterval: timing.stallCheckMs,
        maxStalledCount: 20,
        runRetryDelay: runRetryMs,
        drainDelay: idleWaitSeconds,
        limiter: pauseLimit,
        ...(options.telemetry && { telemetry: options.telemetry }),
        maximumRateLimitDelay: pauseCheckMs,
        settings: {
          backoffStrategy: (_attempts, _type, error) =>
            retryDelayMs(error, timing.unhandledRetryMs),
        },
      },
    );
    let failing = false;
    worker.on('error', (error) => {
      logger[failing ? 'debug' : 'warn']('worker connection failed', { queue, error });
      failing = true;
    });
    worker.on('ready', () => {
      failing = false;
    });
    worker.on('stalled', (jobId) => logger.warn('job stalled, another worker takes it', { jobId }));
    return worker;
  }

  async function runJob(job: Job, token?: string, signal?: AbortSignal): Promise<void> {
    const name = isJobName(job.name) ? job.name : null;
    if (name === null || hasNewerVersion(name, job.data)) {
      logger.warn('job from a newer release handed back', { jobId: job.id });
      return handBack(job, token, handBackMs);
    }
    const context = {
      jobId: job.id ?? '',
      queue: job.queueName,
      signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
    };
    const { jobId: id, queue } = context;
    const activeJob = { id, name, queue, startedAt: new Date().toISOString() };
    active.add(activeJob);
    const startedMs = performance.now();
    let ended: AttemptOutcome = 'done';
    try {
      await options.around({ name, id, payload: job.data }, () =>
        runHandler(options.handlers, name, job.data, context).catch(async (error) => {
          const failure = asTexasError(error);
          const outcome = await outcomeOf(name, job.data, failure);
          ended = outcome.kind === 'fell-back' || outcome.kind === 'failed' ? 'over' : outcome.kind;
          return applyOutcome(
            outcome,
            { job, token, failure },
            {
              pauseForAll: options.pauseQueue,
              pauseHere: (paused) => setPaused(paused, true),
            },
          );
        }),
      );
    } finally {
      active.delete(activeJob);
      const seconds = (performance.now() - startedMs) / 1000;
      options.onEnded?.({ name, outcome: ended, seconds });
    }
  }

  async function outcomeOf(
    name: JobName,
    payload: unknown,
    failure: TexasError,
  ): Promise<FailureOutcome> {
    try {
      return await options.handleFailure({ name, payload }, failure);
    } catch (error) {
      logger.warn('failure not handled, job handed back', { code: failure.code, error });
      return { kind: 'handed-back', delayMs: timing.unhandledRetryMs };
    }
  }

  async function setPaused(queue: QueueName, paused: boolean): Promise<void> {
    const worker = workers.get(queue)?.worker();
    if (!worker || worker.isPaused() === paused) return;
    if (paused) await worker.pause(true);
    else await worker.resume();
    logger.info(paused ? 'queue paused in this worker' : 'queue resumed in this worker', { queue });
  }

  return {
    async ready() {
      await Promise.all([...workers.values()].map(({ worker }) => worker().waitUntilReady()));
    },
    queues,
    activeJobs: () => [...active],
    isRunning: () => [...workers.values()].every(({ worker }) => worker().isRunning()),
    setPaused,
    async close(signal) {
      const abort = () => stop.abort(new TexasError('aborted', 'The worker is shutting down.'));
      signal.addEventListener('abort', abort, { once: true });
      if (signal.aborted) abort();
      await Promise.all([...workers.values()].map((each) => each.close()));
    },
  };
}

async function runHandler<Name extends JobName>(
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
    throw new TexasError('invalid_payload', `The job's payload is invalid. ${problems.join(' ')}`);
  }
  await handlers[name](payload.data as JobPayload<Name>, context);
}

function hasNewerVersion(name: JobName, data: unknown): boolean {
  const version =
    typeof data === 'object' && data !== null && 'version' in data ? data.version : undefined;
  return typeof version === 'number' && version > jobs[name].version;
}
