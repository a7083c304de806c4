import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createKey, type Scope } from '@texas-ai/access';
import { loadConfig } from '@texas-ai/config';
import type { Producer } from '@texas-ai/jobs';
import { type Clock, Temporal } from '@texas-ai/kernel';
import { planDay, publishDay, writeChapter } from '@texas-ai/life';
import { dayKey, makeKeyRepository, makeReadCache } from '@texas-ai/storage';
import { makeReadiness } from '@texas-ai/telemetry';
import {
  buildProfile,
  buildStepDeps,
  type MemoryQueue,
  makeLogSpy,
  makeMemoryQueue,
  makeScriptedAuthor,
  makeTestDatabase,
  type TestDatabase,
  testServices,
} from '@texas-ai/testing';
import { Redis } from 'ioredis';
import { type ApiDeps, makeDeps, root } from '../src/process/deps.js';
import { makeServer, type ServerOptions } from '../src/process/server.js';

type Server = ReturnType<typeof makeServer>;

export const internalKey = 'texas_internal_0123456789abcdef';

/** The whole api on a real database and Redis; only the workers are simulated. */
export interface TestApi {
  /** Prefix of its Redis keys. */
  prefix: string;
  deps: ApiDeps;
  db: TestDatabase;
  logger: ReturnType<typeof makeLogSpy>;
  /** Fixed at noon of 2026-11-23 in Shanghai until set. */
  clock: { now: Temporal.Instant };
  /** Steps enqueued for workers. */
  steps: MemoryQueue;
  /** Simulates an outage of the queues. */
  queues: { away: boolean };
  url: string;
  server: Server;
  /** Starts another server with the same deps. */
  listen(deps?: Partial<ApiDeps>, options?: ServerOptions): Promise<string>;
  makeKey(...scopes: Scope[]): Promise<string>;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Runs the enqueued steps, as workers would, up to publishing and announcing. */
  work(): Promise<void>;
  close(): Promise<void>;
}

export interface TestApiOptions {
  environment?: Record<string, string>;
  failedAuthenticationsPerMinute?: number;
  server?: Partial<ApiDeps['config']['server']>;
  alerts?: Partial<ApiDeps['config']['alerts']>;
  /** Shares this api's database and Redis prefix, as another process of the system. */
  beside?: TestApi;
}

export async function startTestApi(options: TestApiOptions = {}): Promise<TestApi> {
  const { redisUrl } = testServices();
  const db = options.beside?.db ?? (await makeTestDatabase());
  const prefix = options.beside?.prefix ?? `test-${randomUUID().slice(0, 8)}`;
  const environment = {
    NODE_ENV: 'test',
    DATABASE_URL: db.url,
    REDIS_URL: redisUrl,
    RATE_LIMIT_GENERATIONS_PER_MINUTE: '100000',
    RATE_LIMIT_READS_PER_MINUTE: '100000',
    ...options.environment,
  };
  const loaded = loadConfig({ root, environment, needs: { database: true, redis: true } });
  const { failedAuthenticationsPerMinute = 100_000 } = options;
  const limits = { ...loaded.limits, failedAuthenticationsPerMinute };
  const config = {
    ...loaded,
    limits,
    server: { ...loaded.server, ...options.server },
    alerts: { ...loaded.alerts, ...options.alerts },
  };
  const logger = makeLogSpy();
  const time = { now: Temporal.Instant.from('2026-11-23T04:00:00Z') };
  const clock: Clock = { now: () => time.now };
  const made = makeDeps({ config, internalApiKey: internalKey, logger, clock, prefix });
  const steps = makeMemoryQueue();
  const queues = { away: false };
  const producer: Producer = {
    ...steps,
    sendAlerts: made.producer.sendAlerts,
    pauseQueue: made.producer.pauseQueue,
    // There is no worker to make one.
    backUp: async () => undefined,
  };
  const redis: ApiDeps['health']['redis'] = async () => (queues.away ? undefined : true);
  const health = { ...made.health, redis };
  const readiness = makeReadiness(health);
  const requesting = { ...made.requesting, steps: producer };
  const deps: ApiDeps = { ...made, producer, requesting, health, readiness };
  await db.store.characters.synchronise([
    { profile: buildProfile('zh', { id: 'texas', timeZone: 'Asia/Shanghai' }), hash: 'one' },
  ]);
  deps.readiness.started = true;
  await deps.announcements.ready();

  const servers: Server[] = [];
  async function listen(others: Partial<ApiDeps> = {}, serverOptions?: ServerOptions) {
    const server = makeServer({ ...deps, ...others }, serverOptions).listen(0, '127.0.0.1');
    await once(server, 'listening');
    servers.push(server);
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }
  const url = await listen();
  const [server] = servers;
  if (!server) throw new Error('The server did not start.');

  // As in the worker.
  const connection = new Redis(redisUrl);
  const cache = makeReadCache({ connection, logger, prefix: `${prefix}:cache`, memoryEntries: 0 });
  const authorization = `Bearer ${internalKey}`;
  const api: TestApi = {
    prefix,
    deps,
    db,
    logger,
    clock: time,
    steps,
    queues,
    url,
    server,
    listen,
    async makeKey(...scopes) {
      const scopeList = scopes.join(',');
      return (await createKey(makeKeyRepository(db.database), { name: 'test', scopeList })).text;
    },
    get: (path, headers) => fetch(`${url}${path}`, { headers: { authorization, ...headers } }),
    post: (path, body, headers) =>
      fetch(`${url}${path}`, {
        method: 'POST',
        headers: {
          authorization,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    async work() {
      const fleet = {
        ...buildStepDeps(db.store, { clock }),
        store: db.store,
        steps,
        logger,
        chapters: 4,
        authors: () => makeScriptedAuthor({ name: 'offline' }),
        weather: seededWeather,
        onProgress(generationId: string) {
          void deps.announcer.announce({ kind: 'generation.progressed', generationId });
        },
      };
      const signal = new AbortController().signal;
      for (let step = steps.waiting.shift(); step; step = steps.waiting.shift()) {
        if (step.kind === 'plan-day') await planDay(fleet, step, signal);
        if (step.kind === 'write-chapter') {
          await writeChapter(fleet, { ...step, chapter: step.chapter ?? 0 }, signal);
        }
        if (step.kind !== 'publish-day') continue;
        await publishDay(
          {
            store: db.store,
            async announce({ id: generationId, character, ...generation }) {
              const date = generation.date.toString();
              await cache.drop(dayKey(character, date));
              await deps.announcer.announce({
                kind: 'day.published',
                character,
                date,
                generationId,
              });
            },
          },
          step,
        );
      }
    },
    async close() {
      for (const each of servers) {
        each.closeAllConnections();
        each.close();
      }
      await cache.close();
      connection.disconnect();
      await made.owner.closeAll();
      if (!options.beside) await db.drop();
    },
  };
  return api;
}

const seededWeather = {
  name: 'seeded' as const,
  weather: async () => ({
    summary: '多云',
    condition: 'cloudy' as const,
    tempMinC: 7,
    tempMaxC: 12,
    source: 'seeded' as const,
  }),
};
