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
  apiPid: number;
  workerPid: number;
  today: Temporal.PlainDate;
  get(path: string): Promise<GenerationView>;
  post(path: string): Promise<GenerationView>;
  stop(): Promise<void>;
}

const key = 'texas_internal_benchmark';

export async function startProduct(
  guard: Guard,
  servers: Servers,
  options: { root: string; logs: string; port: number; environment: ProcessEnvironment },
): Promise<Product> {
  const { root, logs, port, environment } = options;
  const env = {
    PATH: environment.PATH ?? '',
    DATABASE_URL: servers.databaseUrl,
    REDIS_URL: servers.redisUrl,
    INTERNAL_API_KEY: key,
    PORT: String(port),
    ...(environment.GEMINI_BASE_URL && {
      GEMINI_BASE_URL: environment.GEMINI_BASE_URL,
      GEMINI_API_KEY: 'benchmark-key',
    }),
  };
  const start = (name: string) =>
    guard.spawn({
      name,
      command: process.execPath,
      args: [join(root, 'apps', name, 'dist/main.js')],
      env,
      cwd: root,
      logFile: join(logs, `${name}.log`),
    });
  const url = `http://127.0.0.1:${port}`;
  const headers = { authorization: `Bearer ${key}` };
  const [apiPid, workerPid] = await Promise.all([start('api'), start('worker')]);
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
  return {
    apiPid,
    workerPid,
    today: localDate(systemClock.now(), 'Asia/Shanghai'),
    get: (path) => ask('GET', path),
    post: (path) => ask('POST', path),
    async stop() {
      await Promise.all([guard.stop('api'), guard.stop('worker')]);
    },
  };
}

/** Resident memory of a process in MB (Linux). */
export function residentMegabytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}
