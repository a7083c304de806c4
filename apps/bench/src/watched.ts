import { connectProducer, untilReady } from '@texas-ai/jobs';
import pg from 'pg';
import type { Bench } from './measurement.js';
import { cpuSeconds, postgresCpuSeconds, residentMegabytes } from './processes.js';
import type { Product } from './product.js';
import { redisInfo, withRedis } from './servers.js';

/** What was measured while days were written. */
export interface Seen {
  perMinute: number;
  /** CPU per day in milliseconds, all processes of a kind together. */
  cpuMs: Record<'worker' | 'api' | 'postgres' | 'redis', number>;
  /** The peak, in MB. */
  megabytes: Record<'worker' | 'api', number>;
}

/** Counts the commands that clients send to Redis, those inside scripts excluded. It slows Redis down. */
export async function countCommands({ servers, logger }: Bench) {
  const redis = connectProducer({ url: servers.redisUrl, logger });
  await untilReady(redis);
  const monitor = await redis.monitor();
  let commands = 0;
  monitor.on('monitor', (_time, _command, source) => {
    if (source !== 'lua') commands += 1;
  });
  return {
    async stop() {
      monitor.disconnect();
      redis.disconnect();
      return commands;
    },
  };
}

/** Measures all processes while the work is done. */
export async function watched(
  { servers, logger }: Bench,
  { apiPid, workerPids }: Pick<Product, 'apiPid' | 'workerPids'>,
  days: number,
  work: () => Promise<void>,
): Promise<Seen> {
  const pool = new pg.Pool({ connectionString: servers.databaseUrl, max: 1 });
  return withRedis(servers.redisUrl, logger, async (redis) => {
    const cpu = async () => ({
      worker: workerPids.map(cpuSeconds).reduce((sum, seconds) => sum + seconds, 0),
      api: cpuSeconds(apiPid),
      postgres: await postgresCpuSeconds(pool),
      redis:
        (await redisInfo(redis, 'cpu', 'used_cpu_user')) +
        (await redisInfo(redis, 'cpu', 'used_cpu_sys')),
    });
    const megabytes = { worker: 0, api: 0 };
    const timer = setInterval(() => {
      megabytes.worker = Math.max(megabytes.worker, ...workerPids.map(residentMegabytes));
      megabytes.api = Math.max(megabytes.api, residentMegabytes(apiPid));
    }, 250);
    try {
      const before = await cpu();
      const began = performance.now();
      await work();
      const minutes = (performance.now() - began) / 60_000;
      const after = await cpu();
      const cpuOf = (name: keyof typeof before) => (1000 * (after[name] - before[name])) / days;
      return {
        perMinute: days / minutes,
        cpuMs: {
          worker: cpuOf('worker'),
          api: cpuOf('api'),
          postgres: cpuOf('postgres'),
          redis: cpuOf('redis'),
        },
        megabytes,
      };
    } finally {
      clearInterval(timer);
      await pool.end();
    }
  });
}
