import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { localDate, systemClock, type Temporal } from '@texas-ai/kernel';
import type { GenerationView } from '@texas-ai/life';
import { freePort, until } from '@texas-ai/testing';
import { makeCheckout } from './checkout.js';
import type { Bench } from './measurement.js';
import { type Servers, withPostgres } from './servers.js';
import { openMigrated } from './use-cases.js';

/** The built api and workers in separate processes, used over HTTP. */
export interface Product {
  url: string;
  apiPid: number;
  workerPids: number[];
  today: Temporal.PlainDate;
  /** Requests a day of Texas; resolves before it is written. */
  request(date: string): Promise<GenerationView>;
  /** Requests a day, polls until it is published, and returns the milliseconds. */
  writeDay(date: string): Promise<number>;
  /** Requests days and waits until all are published, which it reads from the product's servers unless others are given. */
  writeDays(dates: readonly string[], watched?: Servers): Promise<void>;
  /** Returns the text of a GET; rejects if the response is not a success. */
  read(path: string): Promise<string>;
  stop(): Promise<void>;
}

/** As in `docker/Dockerfile` and with `npm start`. */
const apiArgs = ['--max-semi-space-size=4'];

export const productKey = 'texas_internal_benchmark';

export interface ProductOptions {
  /** Distinguishes concurrent products. */
  name?: string;
  /** The servers of the measurement by default. */
  servers?: Servers;
  /** The number of worker processes; 1 by default. */
  workers?: number;
  /** Node's arguments before the worker's entry. */
  workerArgs?: readonly string[];
  /** Uses Gemini at this URL instead of the offline author. */
  geminiUrl?: string;
  /** Additional variables of all processes. */
  env?: Readonly<Record<string, string>>;
  /** Settings without a variable, as in `config/local.yml`. */
  settings?: object;
}

/** Migrates the database, then starts api and workers. */
export async function startProduct(bench: Bench, options: ProductOptions = {}): Promise<Product> {
  const { folder, supervisor, environment } = bench;
  const { name: prefix = 'product', servers = bench.servers, workers = 1, settings } = options;
  const root = settings ? makeCheckout(bench.root, join(folder, prefix), settings) : bench.root;
  const { workerArgs = [], geminiUrl } = options;
  await (await openMigrated(servers.databaseUrl, bench.logger)).destroy();
  const port = await freePort();
  const env = {
    PATH: environment.PATH ?? '',
    TEXAS_HOME: folder,
    DATABASE_URL: servers.databaseUrl,
    REDIS_URL: servers.redisUrl,
    INTERNAL_API_KEY: productKey,
    PORT: String(port),
    RATE_LIMIT_GENERATIONS_PER_MINUTE: '1000000',
    RATE_LIMIT_READS_PER_MINUTE: '10000000',
    // Only the measured days are written.
    PLANNING_AUTOMATIC: 'false',
    BACKUP_AUTOMATIC: 'false',
    ...(geminiUrl === undefined
      ? { AUTHOR: 'offline' }
      : { GEMINI_BASE_URL: geminiUrl, GEMINI_API_KEY: 'benchmark-key' }),
    ...options.env,
  };
  const logOf = (name: string) => join(folder, `${name}.log`);
  const start = (name: string, app: 'api' | 'worker') =>
    supervisor.spawn({
      name,
      command: process.execPath,
      args: [...(app === 'worker' ? workerArgs : apiArgs), join(root, 'apps', app, 'dist/main.js')],
      env,
      cwd: root,
      logFile: logOf(name),
    });
  const url = `http://127.0.0.1:${port}`;
  const headers = { authorization: `Bearer ${productKey}` };
  const api = `${prefix}-api`;
  const others = Array.from({ length: workers }, (_, index) => `${prefix}-worker-${index + 1}`);
  const [apiPid, ...workerPids] = await Promise.all([
    start(api, 'api'),
    ...others.map((name) => start(name, 'worker')),
  ]);
  await untilReady(`${url}/health/ready`, logOf(api));

  async function call(method: 'GET' | 'POST', path: string): Promise<string> {
    const response = await fetch(`${url}${path}`, { method, headers });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${text}`);
    return text;
  }
  async function request(date: string): Promise<GenerationView> {
    return JSON.parse(await call('POST', `/v1/characters/texas/days/${date}/generations`));
  }

  return {
    url,
    apiPid,
    workerPids,
    today: localDate(systemClock.now(), 'Asia/Shanghai'),
    request,
    async writeDay(date) {
      const began = performance.now();
      const { id } = await request(date);
      await until(
        async () => {
          const { status, error }: GenerationView = JSON.parse(
            await call('GET', `/v1/generations/${id}`),
          );
          if (status === 'failed') throw new Error(`The day was not written: ${error?.message}`);
          return status === 'published';
        },
        maxSeconds,
        5,
      );
      return performance.now() - began;
    },
    writeDays: (dates, watched = servers) => writeDays(watched, dates, request),
    read: (path) => call('GET', path),
    async stop() {
      await Promise.all([api, ...others].map((name) => supervisor.stop(name)));
    },
  };
}

async function writeDays(
  { databaseUrl }: Servers,
  dates: readonly string[],
  request: Product['request'],
): Promise<void> {
  const left = [...dates];
  const ids: string[] = [];
  const requestAll = async () => {
    for (let date = left.shift(); date !== undefined; date = left.shift()) {
      ids.push((await request(date)).id);
    }
  };
  await Promise.all(Array.from({ length: requestsAtOnce }, requestAll));
  await withPostgres(databaseUrl, (client) =>
    until(
      async () => {
        const { rows } = await client.query<{ status: string }>(
          'SELECT DISTINCT status FROM generations WHERE id = ANY($1)',
          [ids],
        );
        if (rows.some(({ status }) => status === 'failed')) throw new Error('A day failed.');
        return rows.every(({ status }) => status === 'published');
      },
      maxSeconds,
      100,
    ),
  );
}

const requestsAtOnce = 8;

/** Longer than any measurement takes. */
const maxSeconds = 3600;

/** Resolves once a server that was just started replies with success; rejects with the last line of its log. */
export async function untilReady(url: string, logFile: string): Promise<void> {
  await until(async () => (await fetch(url).catch(() => null))?.ok ?? false).catch((cause) => {
    const last = readFileSync(logFile, 'utf8').trimEnd().split('\n').at(-1);
    throw new Error(`${url} is not ready; its log ends with: ${last}`, { cause });
  });
}
