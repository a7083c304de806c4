import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { until } from '@texas-ai/testing';
import { Redis } from 'ioredis';
import pg from 'pg';
import {
  assertBuilt,
  binariesHome,
  builtPackage,
  environment,
  silentLogger,
  temporaryHome,
} from '../test/temporary-home.js';
import { type LocalServices, startLocalServices } from './local-services.js';
import { isRunning } from './running.js';
import { makeServicesHome } from './services-home.js';

const need = { postgres: true, redis: true };

/** Starts services in a separate process and prints the pid of their supervisor, for the test to kill. */
const owner = `
  import { startLocalServices } from '${builtPackage}';
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  const services = await startLocalServices({ ...JSON.parse(process.argv[1]), logger });
  console.log(services.supervisor.pid);
`;

describe('startLocalServices', () => {
  let folder: ReturnType<typeof temporaryHome>;
  let services: LocalServices | undefined;
  beforeAll(assertBuilt);
  beforeEach(() => {
    folder = temporaryHome();
    services = undefined;
  });
  afterEach(async () => {
    await services?.stop();
    folder.remove();
  });

  const options = () => ({ home: folder.home, binariesHome, environment, durable: false, need });
  async function start(durable = false): Promise<LocalServices> {
    services = await startLocalServices({ ...options(), durable, logger: silentLogger });
    return services;
  }
  function pids(): number[] {
    const { folder: inside } = makeServicesHome(folder.home);
    return ['postgresql/postmaster.pid', 'redis/redis.pid'].map((file) =>
      Number.parseInt(readFileSync(join(inside, file), 'utf8'), 10),
    );
  }
  async function startInProcess(): Promise<{ ownerPid: number; supervisorPid: number }> {
    const child = spawn(
      process.execPath,
      ['--input-type=module', '-e', owner, JSON.stringify(options())],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [line] = await once(child.stdout, 'data');
    return { ownerPid: child.pid ?? 0, supervisorPid: Number(String(line)) };
  }

  test('both keep data and passwords across a restart, and listen on loopback', async () => {
    const first = await start(true);
    await query(first, 'CREATE TABLE parcel (id int); INSERT INTO parcel VALUES (7)');
    await onRedis(first, (redis) => redis.set('parcel', '7'));
    expect(await onRedis(first, (redis) => redis.config('GET', 'maxmemory-policy'))).toEqual([
      'maxmemory-policy',
      'noeviction',
    ]);
    await expect(startLocalServices({ ...options(), logger: silentLogger })).rejects.toMatchObject({
      message: expect.stringContaining('already running'),
    });
    const running = pids();
    expect(running.every(isRunning)).toBe(true);
    await first.stop();
    expect(running.some(isRunning)).toBe(false);

    const second = await start(true);
    expect(await query(second, 'SELECT id FROM parcel')).toEqual([{ id: 7 }]);
    expect(await onRedis(second, (redis) => redis.get('parcel'))).toBe('7');
    const wrong = (url: string | null) => String(url).replace(/:[^:@/]+@/, ':wrong@');
    await expect(query({ databaseUrl: wrong(second.databaseUrl) }, 'SELECT 1')).rejects.toThrow(
      'password',
    );
    await expect(
      onRedis({ redisUrl: wrong(second.redisUrl) }, (redis) => redis.get('parcel')),
    ).rejects.toThrow('WRONGPASS');
    for (const secret of ['postgresql-password', 'redis-password', 'redis/redis.conf']) {
      const file = join(makeServicesHome(folder.home).folder, secret);
      expect(statSync(file).mode & 0o777).toBe(0o600);
    }
  });

  test('nothing outlives a killed owner, and the next start finds the data', async () => {
    const { ownerPid, supervisorPid } = await startInProcess();
    const left = [...pids(), supervisorPid];
    expect(left.every(isRunning)).toBe(true);
    process.kill(ownerPid, 'SIGKILL');
    await start();
    expect(left.some(isRunning)).toBe(false);
  });

  test('servers that outlived owner and supervisor are stopped before their data are used', async () => {
    const { ownerPid, supervisorPid } = await startInProcess();
    const left = pids();
    process.kill(ownerPid, 'SIGSTOP');
    process.kill(supervisorPid, 'SIGKILL');
    process.kill(ownerPid, 'SIGKILL');
    await until(() => !isRunning(ownerPid) && !isRunning(supervisorPid));
    expect(left.every(isRunning)).toBe(true);
    const healed = await start();
    expect(left.some(isRunning)).toBe(false);
    expect(await query(healed, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(pids().every(isRunning)).toBe(true);
  });

  test('starts only what is needed', async () => {
    const none = await startLocalServices({
      ...options(),
      need: { postgres: false, redis: false },
      logger: silentLogger,
    });
    services = none;
    expect(none).toMatchObject({ databaseUrl: null, redisUrl: null });
    expect(isRunning(none.supervisor.pid)).toBe(true);
  });
});

async function query(
  { databaseUrl }: Pick<LocalServices, 'databaseUrl'>,
  sql: string,
): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: String(databaseUrl) });
  try {
    await client.connect();
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function onRedis<T>(
  { redisUrl }: Pick<LocalServices, 'redisUrl'>,
  ask: (redis: Redis) => Promise<T>,
): Promise<T> {
  const redis = new Redis(String(redisUrl), {
    lazyConnect: true,
    enableReadyCheck: false,
    retryStrategy: () => null,
  });
  // The connection is closed for a reason, which only this event tells.
  let reason: Error | undefined;
  redis.on('error', (failure) => {
    reason ??= failure;
  });
  try {
    await redis.connect();
    return await ask(redis);
  } catch (failure) {
    throw reason ?? failure;
  } finally {
    if (redis.status === 'ready') redis.disconnect();
  }
}
