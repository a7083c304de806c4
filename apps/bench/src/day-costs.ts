import pg from 'pg';
import type { Bench } from './measurement.js';
import { cpuSeconds, postgresCpuSeconds } from './processes.js';
import type { Product } from './product.js';
import { redisInfo, withRedis } from './servers.js';

/** The cost of one published day, averaged over many. */
export type DayCosts = Usage & Stored & { jsonBytes: number };

/** Milliseconds of CPU, including the request for the day, and bytes of the write-ahead log. */
interface Usage {
  workerCpuMs: number;
  postgresCpuMs: number;
  redisCpuMs: number;
  walBytes: number;
}

/** Bytes of all tables with their indexes after VACUUM, rows of all tables, and sums of some. */
interface Stored {
  tableBytes: number;
  rows: number;
  experiences: number;
  calls: number;
  inputTokens: number;
  outputTokens: number;
}

/** Days written before the measured ones, so that no page or index is new. */
const warmDays = 40;

/**
 * Makes the workers write this number of days, all requested at once, and compares all processes and
 * tables before and after.
 */
export async function measureDayCosts(
  bench: Bench,
  product: Product,
  days: number,
): Promise<DayCosts> {
  const { databaseUrl, redisUrl } = bench.servers;
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  try {
    const dates = Array.from({ length: warmDays + days }, (_, index) =>
      product.today.subtract({ days: warmDays + days - index }).toString(),
    );
    const measured = dates.slice(warmDays);
    return await withRedis(redisUrl, bench.logger, async (redis) => {
      const usage = () => usageOf(product, pool, redis);
      await product.writeDays(dates.slice(0, warmDays));
      // VACUUM is not part of the cost of a day.
      await pool.query('VACUUM');
      const storedBefore = await storedIn(pool);
      const usageBefore = await usage();
      await product.writeDays(measured);
      const usageAfter = await usage();
      await pool.query('VACUUM');
      return {
        ...perDay(usageBefore, usageAfter, days),
        ...perDay(storedBefore, await storedIn(pool), days),
        jsonBytes: await meanJsonBytes(product, measured),
      };
    });
  } finally {
    await pool.end();
  }
}

function perDay<Totals extends object>(before: Totals, after: Totals, days: number): Totals {
  const earlier = new Map<string, number>(Object.entries(before));
  const entries = Object.entries(after).map(([name, total]: [string, number]) => [
    name,
    (total - (earlier.get(name) ?? Number.NaN)) / days,
  ]);
  return Object.fromEntries(entries);
}

async function usageOf(
  { workerPids }: Product,
  pool: pg.Pool,
  redis: Parameters<typeof redisInfo>[0],
): Promise<Usage> {
  const redisSeconds = await Promise.all(
    ['used_cpu_user', 'used_cpu_sys'].map((name) => redisInfo(redis, 'cpu', name)),
  );
  const wal = await pool.query<{ bytes: string }>(
    `SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') AS bytes`,
  );
  return {
    workerCpuMs: 1000 * sum(workerPids.map(cpuSeconds)),
    postgresCpuMs: 1000 * (await postgresCpuSeconds(pool)),
    redisCpuMs: 1000 * sum(redisSeconds),
    walBytes: Number(wal.rows[0]?.bytes),
  };
}

/** At start one more call is made, which belongs to no day. */
const callsOfDays = "author_calls WHERE step <> 'probe'";

async function storedIn(pool: pg.Pool): Promise<Stored> {
  const tables = await pool.query<{ name: string; bytes: string }>(
    `SELECT quote_ident(relname) AS name, pg_total_relation_size(oid) AS bytes FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`,
  );
  let rows = 0;
  for (const { name } of tables.rows) rows += await numberIn(pool, 'count(*)', name);
  return {
    tableBytes: sum(tables.rows.map(({ bytes }) => Number(bytes))),
    rows,
    experiences: await numberIn(pool, 'count(*)', 'experiences'),
    calls: await numberIn(pool, 'count(*)', callsOfDays),
    inputTokens: await numberIn(pool, 'sum(input_tokens)', callsOfDays),
    outputTokens: await numberIn(pool, 'sum(output_tokens)', callsOfDays),
  };
}

async function numberIn(pool: pg.Pool, expression: string, table: string): Promise<number> {
  const { rows } = await pool.query<{ found: string | null }>(
    `SELECT ${expression} AS found FROM ${table}`,
  );
  return Number(rows[0]?.found ?? 0);
}

async function meanJsonBytes({ read }: Product, dates: readonly string[]): Promise<number> {
  let bytes = 0;
  for (const date of dates) {
    bytes += Buffer.byteLength(await read(`/v1/characters/texas/days/${date}`));
  }
  return bytes / dates.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
