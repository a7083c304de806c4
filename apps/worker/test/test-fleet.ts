import { randomUUID } from 'node:crypto';
import { loadConfig } from '@texas-ai/config';
import type { Consumer } from '@texas-ai/jobs';
import { localDate, makeOwner, type Temporal } from '@texas-ai/kernel';
import { type Generation, type GenerationStatus, requestGeneration } from '@texas-ai/life';
import {
  buildProfile,
  makeLogSpy,
  makeTestDatabase,
  startFakeGemini,
  startFakeWebhook,
  testServices,
  until,
} from '@texas-ai/testing';
import { makeDeps, root, type WorkerConfig, type WorkerDeps } from '../src/deps.js';
import { startWork } from '../src/work.js';

type Logger = ReturnType<typeof makeLogSpy>;

/** A worker, wired as in production. */
export interface TestWorker {
  deps: WorkerDeps;
  consumer: Consumer;
  logger: Logger;
  stop(): Promise<void>;
}

export interface TestFleetOptions {
  environment?: Record<string, string>;
  authoring?: Partial<Pick<WorkerConfig['authoring'], 'fallback' | 'rewriteFallback'>>;
  /** The quotas of the key. */
  quotas?: Partial<Record<'requestsPerMinute' | 'tokensPerMinute' | 'requestsPerDay', number>>;
  budget?: Partial<WorkerConfig['budget']>;
  alerts?: Partial<WorkerConfig['alerts']>;
  planning?: Partial<WorkerConfig['planning']>;
  worker?: Partial<WorkerConfig['worker']>;
  /** The delay in the fake's 429 responses; default `2.5s`. */
  retryDelay?: string;
  latencyMs?: number;
}

export const goodKey = 'good-key-0123456789';

/** Time limits that must not be reached because the machine is slow. */
const generousLimits = {
  authoring: { callTimeoutSeconds: 120 },
  database: { statementTimeoutSeconds: 120, acquireTimeoutSeconds: 120, connectTimeoutSeconds: 60 },
  worker: { lockSeconds: 120, untouchedSeconds: 120 },
  alerts: { noWorkerSeconds: 120 },
} as const;

/**
 * Workers on a real PostgreSQL and Redis, with a fake Gemini and a fake webhook. Nothing becomes stale
 * unless the test makes it so. Each fleet has its own database, and its own prefix in Redis.
 */
export async function startFleet(options: TestFleetOptions = {}) {
  const owner = makeOwner();
  const db = owner.own(await makeTestDatabase(), (each) => each.drop());
  const gemini = owner.own(
    await startFakeGemini({
      latencyMs: options.latencyMs ?? 0,
      retryDelay: options.retryDelay ?? '2.5s',
    }),
    (each) => each.stop(),
  );
  const webhook = owner.own(await startFakeWebhook(), (each) => each.stop());
  const prefix = `test-${randomUUID().slice(0, 8)}`;
  const characters = [{ profile: buildProfile('en', { id: 'texas' }), hash: 'one' }];
  await db.store.characters.synchronise(characters);
  // Requests use later dates: today may end before the test does.
  let lastDate = localDate(await db.store.now(), 'Asia/Shanghai');

  /** Starts a worker with its own connections, like another process. */
  async function startWorker(environment: Record<string, string> = {}): Promise<TestWorker> {
    const loaded = loadConfig({
      root,
      environment: {
        NODE_ENV: 'test',
        DATABASE_URL: db.url,
        REDIS_URL: testServices().redisUrl,
        GEMINI_API_KEY: goodKey,
        GEMINI_BASE_URL: gemini.url,
        PLANNING_AUTOMATIC: 'false',
        ALERT_WEBHOOK_URL: webhook.url,
        ...options.environment,
        ...environment,
      },
      needs: { database: true, redis: true },
    });
    const config = {
      ...loaded,
      database: { ...loaded.database, ...generousLimits.database },
      authoring: withQuotas(
        { ...loaded.authoring, ...generousLimits.authoring, ...options.authoring },
        options.quotas,
      ),
      budget: { ...loaded.budget, ...options.budget },
      alerts: { ...loaded.alerts, ...generousLimits.alerts, ...options.alerts },
      planning: { ...loaded.planning, ...options.planning },
      worker: { ...loaded.worker, ...generousLimits.worker, ...options.worker },
    };
    const logger = makeLogSpy();
    const deps = { ...makeDeps(config, { logger, prefix }), characters };
    const consumer = await startWork(deps);
    const stop = async () => {
      await consumer.close(AbortSignal.timeout(60_000));
      await deps.owner.closeAll();
    };
    return {
      deps,
      consumer,
      logger,
      stop: owner.own({ stop: once(stop) }, (each) => each.stop()).stop,
    };
  }

  /** Requests a date as the gateway does. */
  function requestDate({ deps }: TestWorker, date: Temporal.PlainDate): Promise<Generation> {
    return requestGeneration(
      { ...deps.requestDeps, window: { daysBack: 366, daysAhead: 366 } },
      {
        character: 'texas',
        date,
        fresh: false,
        askedBy: 'person',
        idempotency: null,
        requestId: null,
      },
    );
  }

  async function generationOf(id: string): Promise<Generation> {
    const generation = await db.store.generations.find(id);
    if (!generation) throw new Error('The generation is gone.');
    return generation;
  }

  return {
    db,
    gemini,
    webhook,
    prefix,
    startWorker,
    /** Requests a new date. */
    request(worker: TestWorker): Promise<Generation> {
      lastDate = lastDate.add({ days: 1 });
      return requestDate(worker, lastDate);
    },
    requestAgain: (worker: TestWorker, { date }: Generation) => requestDate(worker, date),
    generationOf,
    /** Returns the generations once all have this status. */
    async until(
      generations: readonly { id: string }[],
      status: GenerationStatus,
    ): Promise<Generation[]> {
      let now: Generation[] = [];
      await until(async () => {
        now = await Promise.all(generations.map(({ id }) => generationOf(id)));
        return now.every((each) => each.status === status);
      });
      return now;
    },
    stop: () => owner.closeAll(),
  };
}

function withQuotas(
  authoring: WorkerConfig['authoring'],
  quotas: TestFleetOptions['quotas'],
): WorkerConfig['authoring'] {
  // Narrows the union: only gemini has quotas.
  return authoring.author === 'gemini'
    ? { ...authoring, gemini: { ...authoring.gemini, ...quotas } }
    : authoring;
}

export type TestFleet = Awaited<ReturnType<typeof startFleet>>;

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null;
  return () => {
    done ??= work();
    return done;
  };
}
