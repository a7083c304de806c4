import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { processEnvironment } from '@texas-ai/config';
import { connectProducer, untilReady } from '@texas-ai/jobs';
import type { Owner } from '@texas-ai/kernel';
import { type GenerationView, generationSchema } from '@texas-ai/life';
import { type Database, migrate, openDatabase } from '@texas-ai/storage';
import { type FakeWebhook, freePort, makeLogSpy, startFakeWebhook, until } from '@texas-ai/testing';
import { isReady, kill, startApp } from '../product.js';
import type { FaultyAuthor } from './faulty-author.js';
import { type Door, type FragileServer, startFragileServer } from './servers.js';

const key = 'texas_internal_of_the_chaos_test';
/** The timeout of a wait in seconds: far more than a slow machine needs. */
export const patience = 600;

/** A process of the product, with its own proxies to the servers. */
export interface Running {
  name: string;
  child: ChildProcess;
  postgres: Door;
  redis: Door;
}

/** A system of faulty servers, an api and a changing set of workers. */
export interface ChaosSystem {
  /** A connection to the database through a proxy that never stalls. */
  database: Database;
  postgres: FragileServer;
  redis: FragileServer;
  webhook: FakeWebhook;
  /** Aborts when the run is over or has exceeded its time limit, which ends all waits. */
  signal: AbortSignal;
  workers: Running[];
  api(): Running;
  startWorker(): Promise<Running>;
  restartApi(): Promise<void>;
  /** Sends SIGKILL. */
  kill(running: Running): Promise<void>;
  /** Requests a day until the api accepts it. */
  request(date: string): Promise<GenerationView>;
  /** Sends the request without waiting for the response. */
  requestInVain(date: string): void;
  get(path: string): Promise<Response>;
  flushRedis(): Promise<void>;
}

export interface ChaosSystemOptions {
  folder: string;
  author: FaultyAuthor;
  fallback: 'offline' | 'none';
  owner: Owner;
  signal: AbortSignal;
  /** Called for a process that exited with a failure and was not killed. */
  onCrash?(failure: Error): void;
}

export async function startChaosSystem(options: ChaosSystemOptions): Promise<ChaosSystem> {
  const { author, owner, fallback, signal, onCrash } = options;
  const folder = join(options.folder, fallback);
  mkdirSync(folder, { recursive: true });
  const [postgres, redis] = await Promise.all([
    startFragileServer('postgres', folder).then((each) => owner.own(each, (it) => it.stop())),
    startFragileServer('redis', folder).then((each) => owner.own(each, (it) => it.stop())),
  ]);
  const databaseUrl = (await postgres.door()).url;
  const database = owner.own(
    openDatabase({
      url: databaseUrl,
      applicationName: 'texas-chaos',
      poolMax: 4,
      connectTimeoutSeconds: 5,
      acquireTimeoutSeconds: 30,
      statementTimeoutSeconds: 30,
      idleInTransactionTimeoutSeconds: 60,
      logger: makeLogSpy(),
    }),
    (each) => each.destroy(),
  );
  await migrate(database);
  const webhook = owner.own(await startFakeWebhook(), (each) => each.stop());
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const workers: Running[] = [];
  let started = 0;

  async function start(app: 'api' | 'worker'): Promise<Running> {
    const name = `${app}-${++started}`;
    const [postgresDoor, redisDoor] = [await postgres.door(), await redis.door()];
    const { PATH = '' } = processEnvironment();
    const env = {
      PATH,
      HOME: folder,
      TEXAS_HOME: folder,
      NODE_ENV: 'test',
      HOST: '127.0.0.1',
      PORT: String(port),
      DATABASE_URL: postgresDoor.url,
      REDIS_URL: redisDoor.url,
      INTERNAL_API_KEY: key,
      GEMINI_API_KEY: 'a-key-of-the-chaos-test',
      GEMINI_BASE_URL: `${author.url}/${name}`,
      AUTHOR_FALLBACK: fallback,
      ALERT_WEBHOOK_URL: `${webhook.url}/hook`,
      GENERATION_DAYS_BACK: '36500',
      RATE_LIMIT_GENERATIONS_PER_MINUTE: '1000000',
      RATE_LIMIT_READS_PER_MINUTE: '1000000',
    };
    const child = startApp(app, env, join(folder, `${app}.log`));
    child.once('exit', (code) => {
      if (code) onCrash?.(new Error(`${name} exited with code ${code} without being killed.`));
    });
    const running = { name, child, postgres: postgresDoor, redis: redisDoor };
    owner.own(running, ({ child: each }) => kill(each));
    return running;
  }

  async function startApi(): Promise<Running> {
    const running = await start('api');
    await until(() => isReady(url), patience).catch((cause) => {
      const said = readFileSync(join(folder, 'api.log'), 'utf8').slice(-2_000);
      throw new Error(`The api did not become ready. It said: ${said}`, { cause });
    });
    return running;
  }
  let api = await startApi();

  const headers = { authorization: `Bearer ${key}` };
  const generations = (date: string) => `${url}/v1/characters/texas/days/${date}/generations`;
  const post = (date: string) => fetch(generations(date), { method: 'POST', headers });

  return {
    database,
    postgres,
    redis,
    webhook,
    signal,
    workers,
    api: () => api,
    async startWorker() {
      const running = await start('worker');
      workers.push(running);
      return running;
    },
    async restartApi() {
      await kill(api.child);
      api = await startApi();
    },
    async kill(running) {
      await kill(running.child);
      const index = workers.indexOf(running);
      if (index >= 0) workers.splice(index, 1);
      await Promise.all([running.postgres.stop(), running.redis.stop()]);
    },
    async request(date) {
      const accepted: Response[] = [];
      await until(async () => {
        signal.throwIfAborted();
        const response = await post(date).catch(() => null);
        if (response?.status === 202) accepted.push(response);
        return accepted.length > 0;
      }, patience);
      return generationSchema.parse(await accepted[0]?.json());
    },
    requestInVain(date) {
      post(date).catch(() => undefined);
    },
    get: (path) => fetch(`${url}${path}`, { headers }),
    async flushRedis() {
      const door = await redis.door();
      await flush(door.url);
      await door.stop();
    },
  };
}

async function flush(url: string): Promise<void> {
  const connection = connectProducer({ url, logger: makeLogSpy() });
  await untilReady(connection);
  await connection.flushall();
  connection.disconnect();
}
