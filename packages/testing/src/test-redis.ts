import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { processEnvironment } from '@texas-ai/config';
import { Redis } from 'ioredis';
import { testServices } from './test-database.js';
import { until } from './until.js';

/** A private Redis of a test that would disturb the shared one. */
export interface TestRedis {
  port: number;
  url: string;
  stop(): Promise<void>;
}

const maxAttempts = 20;

/** The program of the shared Redis, and an environment in which `redis-server` is that program. */
export async function testRedisProgram(): Promise<{
  path: string;
  env: Record<string, string>;
}> {
  const redis = new Redis(testServices().redisUrl);
  const server = await redis.info('server');
  redis.disconnect();
  const [, path = ''] = /^executable:(.+?)\r?$/m.exec(server) ?? [];
  const [, id = ''] = /^process_id:(\d+)/m.exec(server) ?? [];
  // If it was downloaded, its libraries are in the folders of those that it has loaded.
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

/** Starts a Redis with arguments such as `--cluster-enabled yes` or the path of a configuration file. */
export async function startTestRedis(...args: readonly string[]): Promise<TestRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'texas-test-redis-'));
  const { path, env } = await testRedisProgram();
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    // Below the range of outgoing connections; the server exits if the port is taken.
    const port = randomInt(20_000, 32_000);
    const own = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
    const child = spawn(path, [...args, ...own], { env, stdio: 'ignore' });
    if (await accepts(port, child)) {
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
  }
  throw new Error('The Redis of the test did not start.');
}

/** Resolves with true once the server accepts commands, or with false if it exits, most likely because of its port. */
async function accepts(port: number, child: ChildProcess): Promise<boolean> {
  const redis = new Redis(port, '127.0.0.1', { lazyConnect: true, enableReadyCheck: false });
  redis.on('error', () => undefined);
  try {
    await until(async () => {
      const [, id] = /^process_id:(\d+)/m.exec(await redis.info('server').catch(() => '')) ?? [];
      return child.exitCode !== null || Number(id) === child.pid;
    });
    return child.exitCode === null;
  } finally {
    redis.disconnect();
  }
}
