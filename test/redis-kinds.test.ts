import { type ChildProcess, execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { processEnvironment } from '@texas-ai/config';
import {
  freePort,
  makeTestDatabase,
  startTestRedis,
  type TestDatabase,
  until,
} from '@texas-ai/testing';
import { kill, root, startApp } from './product.js';

// The built processes on unsupported and misconfigured Redis servers.

const run = promisify(execFile);

let database: TestDatabase;
let home: string;
beforeAll(async () => {
  database = await makeTestDatabase();
  home = mkdtempSync(join(tmpdir(), 'texas-redis-kinds-'));
});
afterAll(async () => {
  await database.drop();
  rmSync(home, { recursive: true, force: true });
});

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of running.splice(0).reverse()) await each.stop();
});

async function redisWith(...args: string[]): Promise<string> {
  const redis = await startTestRedis(...args);
  running.push(redis);
  return redis.url;
}

async function environment(more: Record<string, string>): Promise<Record<string, string>> {
  const { PATH = '', HOME = '/' } = processEnvironment();
  return {
    PATH,
    HOME,
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    PORT: String(await freePort()),
    TEXAS_HOME: home,
    DATABASE_URL: database.url,
    INTERNAL_API_KEY: 'texas_internal_0123456789abcdef',
    AUTHOR: 'offline',
    PLANNING_AUTOMATIC: 'false',
    BACKUP_AUTOMATIC: 'false',
    ...more,
  };
}

test('a Redis in cluster mode ends api, worker and npm start with one sentence and exit code 78', async () => {
  const clusterUrl = await redisWith('--cluster-enabled', 'yes');
  const soloUrl = await redisWith();
  for (const [setting, more] of [
    ['REDIS_URL', { REDIS_URL: clusterUrl }],
    ['CACHE_REDIS_URL', { REDIS_URL: soloUrl, CACHE_REDIS_URL: clusterUrl }],
  ] as const) {
    for (const [entry, ...args] of [
      ['apps/api/dist/main.js'],
      ['apps/worker/dist/main.js'],
      ['apps/cli/dist/main.js', 'start', '--once'],
    ]) {
      const env = await environment(more);
      const failure = await run(process.execPath, [join(root, entry ?? ''), ...args], {
        env,
      }).catch((error) => error);
      expect([entry, failure.code]).toEqual([entry, 78]);
      expect(failure.stderr).toMatch(
        new RegExp(`^The configuration has a problem.\n  - ${setting}: .*cluster mode.*\n$`),
      );
    }
  }
});

test('an evicting Redis is one warning per process, and all log lines are JSON', async () => {
  const env = await environment({
    REDIS_URL: await redisWith('--maxmemory-policy', 'allkeys-lru'),
  });
  for (const app of ['api', 'worker'] as const) {
    const file = join(home, `${app}.log`);
    writeFileSync(file, '');
    const child: ChildProcess = startApp(app, env, file);
    running.push({ stop: () => kill(child) });
    // The last line may be incomplete.
    const lines = () => readFileSync(file, 'utf8').split('\n').slice(0, -1);
    await until(() => lines().some((line) => line.includes(`${app} ready`)));
    await until(() => lines().some((line) => line.includes('redis may evict jobs')));
    const records = lines().map((line) => JSON.parse(line));
    const warnings = records.filter(({ message }) => /redis may evict/.test(message));
    expect(warnings).toEqual([
      expect.objectContaining({ level: 'warn', setting: 'REDIS_URL', policy: 'allkeys-lru' }),
    ]);
    expect(records.filter(({ message }) => message === 'printed by a library')).toEqual([]);
  }
});
