import { randomUUID } from 'node:crypto';
import { connectProducer, untilReady } from '@texas-ai/jobs';
import type { Logger } from '@texas-ai/kernel';
import pg from 'pg';

/** The private servers of a measurement. */
export interface Servers {
  databaseUrl: string;
  redisUrl: string;
}

/** Creates an empty database. */
export async function makeDatabase(adminUrl: string): Promise<string> {
  const name = `bench_${randomUUID().replaceAll('-', '')}`;
  await withPostgres(adminUrl, (admin) => admin.query(`CREATE DATABASE ${name}`));
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return url.href;
}

export async function dropDatabase(adminUrl: string, databaseUrl: string): Promise<void> {
  const name = new URL(databaseUrl).pathname.slice(1);
  await withPostgres(adminUrl, (admin) => admin.query(`DROP DATABASE ${name} WITH (FORCE)`));
}

/** Empties Redis, and runs a checkpoint of PostgreSQL, so that none happens during the next measurement. */
export async function flush({ databaseUrl, redisUrl }: Servers, logger: Logger): Promise<void> {
  await withPostgres(databaseUrl, (admin) => admin.query('CHECKPOINT'));
  await withRedis(redisUrl, logger, (redis) => redis.flushall());
}

/** The same URL with another port. */
export function withPort(url: string, port: number): string {
  const moved = new URL(url);
  moved.port = String(port);
  return moved.href;
}

export async function withPostgres<T>(
  url: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export async function withRedis<T>(
  url: string,
  logger: Logger,
  work: (redis: ReturnType<typeof connectProducer>) => Promise<T>,
): Promise<T> {
  const redis = connectProducer({ url, logger, commandTimeoutMs: 60_000 });
  try {
    await untilReady(redis);
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

/** Returns a number of an `INFO` section, such as `used_memory` of `memory` in bytes. */
export async function redisInfo(
  redis: Pick<ReturnType<typeof connectProducer>, 'info'>,
  section: string,
  name: string,
): Promise<number> {
  const line = new RegExp(`^${name}:([\\d.]+)`, 'm').exec(await redis.info(section));
  if (!line) throw new Error(`Redis does not report ${name}.`);
  return Number(line[1]);
}
