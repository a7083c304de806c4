import { asTexasError, type Logger, TexasError } from '@texas-ai/kernel';
import type { FailureOutcome, GivenUp } from '@texas-ai/life';
import {
  DelayedError,
  type Job,
  RateLimitError,
  type Telemetry,
  UnrecoverableError,
  Worker,
} from 'bullmq';
import type { Redis } from 'ioredis';
import { defaultPrefix, type QueueName } from './definition.js';
import type { FleetWorker } from './fleet.js';
import { keepRunning } from './keep-running.js';
import { holdLimit, serverIsChecked } from './queues.js';
import { isJobName, type JobName, type JobPayload, jobs } from './registry.js';
import { RetryLater, retryLaterMs } from './retry-later.js';

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

/** How a try of a job ended: the label of metrics. */
type JobOutcome = 'done' | 'over' | Exclude<FailureOutcome['kind'], GivenUp['kind']>;

export interface ConsumerOptions {
  connection: Redis;
  prefix?: string;
  queues: readonly QueueName[];
  /** Goes on with the trace of whoever added a job. */
  telemetry?: Telemetry | undefined;
  /** Jobs at once of each queue. */
  concurrencyOf(queue: QueueName): number;
  timing: {
    /** Milliseconds without a sign of life after which another worker takes a job. */
    lockMs: number;
    /** How often such jobs are looked for. */
    stallCheckMs: number;
    /** The delay of a job if `onFailure` fails as well. */
    undecidedMs: number;
  };
  handlers: Handlers;
  /** Runs the work of a job, for example inside a log context. */
  around(
    job: { name: JobName; id: string; payload: unknown },
    work: () => Promise<void>,
  ): Promise<void>;
  /** Decides what becomes of a failed job. `payload` is not validated, since it may be what failed. */
  onFailure(job: { name: JobName; payload: unknown }, failure: TexasError): Promise<FailureOutcome>;
  /** Told of each try of a job that ended: how, and after how many seconds. */
  onEnded?(job: { name: JobName; outcome: JobOutcome; seconds: number }): void;
  /** Holds a queue for the whole fleet. */
  hold(queue: QueueName, ms: number): Promise<void>;
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
  /** Takes no more jobs of the queue here, or takes them again. Active ones go on. */
  rest(queue: QueueName, resting: boolean): Promise<void>;
  /** Takes no more jobs and waits for the active ones, whose signals are aborted when `signal` is. */
  close(signal: AbortSignal): Promise<void>;
}

/** How long a job that this worker does not know waits for one that does, in milliseconds. */
const handBackMs = 30_000;
/** How long a worker waits after its own failure. */
const ownRetryMs = 1_000;
/** How soon a worker sees that a hold was lifted, or that it is to close: BullMQ may see that only then. */
const holdCheckMs = 1_000;

/** Works the queues: validates payloads, runs handlers, and carries out what `onFailure` decides. */
export function makeConsumer(options: ConsumerOptions): Consumer {
  const { connection, prefix = defaultPrefix, queues, timing, logger } = options;
  const stop = new AbortController();
  const active = new Set<ActiveJob>();
  const workers = new Map(
    queues.map((queue) => [queue, keepRunning(() => makeWorker(queue), { queue, logger })]),
  );

  function makeWorker(queue: QueueName): Worker {
    const worker = new Worker(
      queue,
      // BullMQ passes the signal only to a function of three parameters.
      (job, token, signal) => work(job, token, signal),
      {
        connection,
        prefix,
        ...serverIsChecked,
        concurrency: options.concurrencyOf(queue),
        lockDuration: timing.lockMs,
        stalledInterval: timing.stallCheckMs,
        maxStalledCount: 20,
        runRetryDelay: ownRetryMs,
        limiter: holdLimit,
        ...(options.telemetry && { telemetry: options.telemetry }),
        maximumRateLimitDelay: holdCheckMs,
        settings: {
          backoffStrategy: (_tries, _type, error) => retryLaterMs(error, timing.undecidedMs),
        },
      },
    );
    let away = false;
    worker.on('error', (error) => {
      logger[away ? 'debug' : 'warn']('worker connection failed', { queue, error });
      away = true;
    });
    worker.on('ready', () => {
      away = false;
    });
    worker.on('stalled', (jobId) => logger.warn('job stalled, another worker takes it', { jobId }));
    return worker;
  }

  async function work(job: Job, token?: string, signal?: AbortSignal): Promise<void> {
    const known = isJobName(job.name) ? job.name : null;
    if (known === null || hasUnknownVersion(known, job.data)) {
      logger.warn('job handed back: this worker does not know its form', { jobId: job.id });
      return handBack(job, token, handBackMs);
    }
    const context = {
      jobId: job.id ?? '',
      queue: job.queueName,
      signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
    };
    const { jobId: id, queue } = context;
    const activeJob = { id, name: known, queue, startedAt: new Date().toISOString() };
    active.add(activeJob);
    const began = performance.now();
    let outcome: JobOutcome = 'done';
    try {
      await options.around({ name: known, id, payload: job.data }, () =>
        run(options.handlers, known, job.data, context).catch(async (error) => {
          const failure = asTexasError(error);
          const decided = await decide(known, job.data, failure);
          outcome =
            decided.kind === 'fell-back' || decided.kind === 'failed' ? 'over' : decided.kind;
          return conclude(job, token, failure, decided);
        }),
      );
    } finally {
      active.delete(activeJob);
      options.onEnded?.({ name: known, outcome, seconds: (performance.now() - began) / 1000 });
    }
  }

  /** Always rejects: this is how BullMQ is told what becomes of a job. */
  async function conclude(
    job: Job,
    token: string | undefined,
    failure: TexasError,
    outcome: FailureOutcome,
  ): Promise<never> {
    // What BullMQ keeps of a failure is the code and our own words, nothing of its cause.
    const kept = `${failure.code}: ${failure.message}`;
    switch (outcome.kind) {
      case 'fell-back':
      case 'failed':
        throw new UnrecoverableError(kept);
      case 'again':
        throw new RetryLater(kept, outcome.delayMs);
      case 'handed-back':
        return handBack(job, token, outcome.delayMs);
      case 'held': {
        const queue = job.queueName as QueueName;
        if (outcome.by === 'all') await options.hold(queue, outcome.ms);
        else await rest(queue, true);
        // It goes back to the head of its queue.
        throw new RateLimitError();
      }
    }
  }

  async function decide(
    name: JobName,
    payload: unknown,
    failure: TexasError,
  ): Promise<FailureOutcome> {
    try {
      return await options.onFailure({ name, payload }, failure);
    } catch (error) {
      logger.warn('failure not handled, the job is handed back', { code: failure.code, error });
      return { kind: 'handed-back', delayMs: timing.undecidedMs };
    }
  }

  async function rest(queue: QueueName, resting: boolean): Promise<void> {
    const worker = workers.get(queue)?.worker();
    if (!worker || worker.isPaused() === resting) return;
    if (resting) await worker.pause(true);
    else await worker.resume();
    logger.info(resting ? 'queue rests here' : 'queue is worked here again', { queue });
  }

  return {
    async ready() {
      await Promise.all([...workers.values()].map(({ worker }) => worker().waitUntilReady()));
    },
    queues,
    activeJobs: () => [...active],
    isRunning: () => [...workers.values()].every(({ worker }) => worker().isRunning()),
    rest,
    async close(signal) {
      const abort = () => stop.abort(new TexasError('aborted', 'The worker is shutting down.'));
      signal.addEventListener('abort', abort, { once: true });
      if (signal.aborted) abort();
      await Promise.all([...workers.values()].map((each) => each.close()));
    },
  };
}

/** Any worker may take the job once the time has come; this costs it nothing. */
async function handBack(job: Job, token: string | undefined, delayMs: number): Promise<never> {
  await job.moveToDelayed(Date.now() + Math.max(delayMs, 1), token);
  throw new DelayedError();
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
