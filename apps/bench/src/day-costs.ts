import pg from 'pg';
import type { Bench } from './measurement.js';
import { cpuSeconds, postgresCpuSeconds } from './processes.js';
import type { Product } from './product.js';
import { redisInfo, withRedis } from './servers.js';

/** What one published day costs, each the mean of many. */
export type DayCosts = Spent & Stored & { jsonBytes: number };

/** Milliseconds of CPU, the request for the day included, and bytes of the log written ahead. */
interface Spent {
  workerCpuMs: number;
  postgresCpuMs: number;
  redisCpuMs: number;
  walBytes: number;
}

/** Bytes of all tables with their indexes after VACUUM, rows of all tables, and what they say. */
interface Stored {
  tableBytes: number;
  rows: number;
  experiences: number;
  calls: number;
  inputTokens: number;
  outputTokens: number;
}

/** Days before those that are measured, so that no page and no index begins with them. */
const warmDays = 40;

/**
 * Has the workers write so many days, all at once as a night begins them, and looks at all processes
 * and tables before and after.
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
      const spent = () => spentBy(product, pool, redis);
      await product.writeDays(dates.slice(0, warmDays));
      // VACUUM is no part of a day's cost.
      await pool.query('VACUUM');
      const storedBefore = await storedIn(pool);
      const spentBefore = await spent();
      await product.writeDays(measured);
      const spentAfter = await spent();
      await pool.query('VACUUM');
      return {
        ...perDay(spentBefore, spentAfter, days),
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

async function spentBy(
  { workerPids }: Product,
  pool: pg.Pool,
  redis: Parameters<typeof redisInfo>[0],
): Promise<Spent> {
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

/** A start makes one call more, which is for no day. */
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
