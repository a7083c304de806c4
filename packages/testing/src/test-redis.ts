import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { processEnvironment } from '@texas-ai/config';
import { Redis } from 'ioredis';
import { testServices } from './test-database.js';

/** A Redis of a test's own, for what would disturb the one that all tests share. */
export interface TestRedis {
  port: number;
  url: string;
  stop(): Promise<void>;
}

const readyWithinMs = 30_000;

/** The program that the tests' own Redis runs, and an environment in which `redis-server` is that one. */
export async function testRedisProgram(): Promise<{
  path: string;
  env: Record<string, string>;
}> {
  const redis = new Redis(testServices().redisUrl);
  const server = await redis.info('server');
  redis.disconnect();
  const [, path = ''] = /^executable:(.+?)\r?$/m.exec(server) ?? [];
  const [, id = ''] = /^process_id:(\d+)/m.exec(server) ?? [];
  // It may have been brought with its libraries: they are where its own are.
  const mapped = `/proc/${id}/maps`;
  const libraries = existsSync(mapped)
    ? [...readFileSync(mapped, 'utf8').matchAll(/(\/\S+)\/[^/\s]+\.so/g)].map(
        ([, folder]) => folder,
      )
    : [];
  const env = {
    PATH: `${dirname(path)}:${processEnvironment().PATH ?? ''}`,
    LD_LIBRARY_PATH: [...new Set(libraries)].join(':'),
  };
  return { path, env };
}

/** Starts one with these arguments, as `--cluster-enabled yes` or the path of a configuration file. */
export async function startTestRedis(...args: readonly string[]): Promise<TestRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'texas-test-redis-'));
  const { path, env } = await testRedisProgram();
  const end = performance.now() + readyWithinMs;
  for (;;) {
    // Below those that outgoing connections take; one that somebody else has is tried in vain.
    const port = randomInt(20_000, 32_000);
    const own = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
    const child = spawn(path, [...args, ...own], { env, stdio: 'ignore' });
    if (await answersOn(port, child, end)) {
      return {
        port,
        url: `redis://127.0.0.1:${port}`,
        async stop() {
          const gone = once(child, 'exit');
          if (child.exitCode === null && child.kill('SIGKILL')) await gone;
          rmSync(folder, { recursive: true, force: true });
        },
      };
    }
    child.kill('SIGKILL');
    if (performance.now() > end) throw new Error('The Redis of the test did not start.');
  }
}

/** False where its process ended, most likely for its port. */
async function answersOn(port: number, child: ChildProcess, end: number): Promise<boolean> {
  const redis = new Redis(port, '127.0.0.1', { lazyConnect: true, enableReadyCheck: false });
  redis.on('error', () => undefined);
  try {
    while (child.exitCode === null && performance.now() < end) {
      const [, id] = /^process_id:(\d+)/m.exec(await redis.info('server').catch(() => '')) ?? [];
      if (Number(id) === child.pid) return true;
      await pause(20);
    }
    return false;
  } finally {
    redis.disconnect();
  }
}
