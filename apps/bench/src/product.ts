import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ProcessEnvironment } from '@texas-ai/config';
import { localDate, systemClock, type Temporal } from '@texas-ai/kernel';
import type { GenerationView } from '@texas-ai/life';
import type { Guard } from '@texas-ai/local-services';
import type { Servers } from './servers.js';

/** The built api and worker in processes of their own, spoken to over HTTP. */
export interface Product {
  url: string;
  apiPid: number;
  workerPid: number;
  today: Temporal.PlainDate;
  /** Has a day of Texas written and looks so often; tells how long it took. All in milliseconds. */
  writeDay(date: string, everyMs?: number): Promise<number>;
  stop(): Promise<void>;
}

export const productKey = 'texas_internal_benchmark';

export async function startProduct(
  guard: Guard,
  servers: Servers,
  options: {
    root: string;
    logs: string;
    port: number;
    environment: ProcessEnvironment;
    /** How many worker processes; default 1. */
    workers?: number;
    /** Given to Node before the worker's entry. */
    workerArgs?: readonly string[];
  },
): Promise<Product> {
  const { root, logs, port, environment, workers = 1, workerArgs = [] } = options;
  const env = {
    PATH: environment.PATH ?? '',
    DATABASE_URL: servers.databaseUrl,
    REDIS_URL: servers.redisUrl,
    INTERNAL_API_KEY: productKey,
    PORT: String(port),
    RATE_LIMIT_GENERATIONS_PER_MINUTE: '1000000',
    RATE_LIMIT_READS_PER_MINUTE: '10000000',
    // Nothing is written but what is measured.
    PLANNING_AUTOMATIC: 'false',
    BACKUP_AUTOMATIC: 'false',
    ...pick(environment, ['AUTHOR', 'WORKER_CONCURRENCY', 'LOOP_PROBE_FILE']),
    ...(environment.GEMINI_BASE_URL && {
      GEMINI_BASE_URL: environment.GEMINI_BASE_URL,
      GEMINI_API_KEY: 'benchmark-key',
    }),
  };
  const start = (app: 'api' | 'worker', name: string = app) =>
    guard.spawn({
      name,
      command: process.execPath,
      args: [...(app === 'worker' ? workerArgs : []), join(root, 'apps', app, 'dist/main.js')],
      env,
      cwd: root,
      logFile: join(logs, `${name}.log`),
    });
  const url = `http://127.0.0.1:${port}`;
  const headers = { authorization: `Bearer ${productKey}` };
  const others = Array.from({ length: workers - 1 }, (_, index) => `worker-${index + 2}`);
  const [apiPid, workerPid] = await Promise.all([
    start('api'),
    start('worker'),
    ...others.map((name) => start('worker', name)),
  ]);
  for (;;) {
    const ready = await fetch(`${url}/health/ready`).catch(() => null);
    if (ready?.ok) break;
    await pause(50);
  }
  const ask = async (method: string, path: string) => {
    const response = await fetch(`${url}${path}`, { method, headers });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return (await response.json()) as GenerationView;
  };
  async function writeDay(date: string, everyMs = 5): Promise<number> {
    const began = performance.now();
    const { id } = await ask('POST', `/v1/characters/texas/days/${date}/generations`);
    for (;;) {
      const { status, error } = await ask('GET', `/v1/generations/${id}`);
      if (status === 'published') return performance.now() - began;
      if (status === 'failed') throw new Error(`The day could not be written: ${error?.message}`);
      await pause(everyMs);
    }
  }
  return {
    url,
    writeDay,
    apiPid,
    workerPid,
    today: localDate(systemClock.now(), 'Asia/Shanghai'),
    async stop() {
      await Promise.all(['api', 'worker', ...others].map((name) => guard.stop(name)));
    },
  };
}

function pick(environment: ProcessEnvironment, names: readonly string[]) {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Resident memory of a process in MB (Linux). */
export function residentMegabytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}
