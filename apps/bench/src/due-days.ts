import { type Clock, type Logger, Temporal } from '@texas-ai/kernel';
import { minuteOf, planDueDays } from '@texas-ai/life';
import { buildBudget, buildProfile } from '@texas-ai/testing';
import { Queue } from 'bullmq';
import pg from 'pg';
import type { Figure } from './figure.js';
import { openInProcess } from './in-process.js';
import type { Servers } from './servers.js';

const characters = 100_000;
const batch = 1_000;

/** Seconds and memory that it takes to begin the day of 100,000 characters who are due at once. */
export async function measureDueDays(servers: Servers, logger: Logger): Promise<Figure[]> {
  const floor = await bareRowsAndJobs(servers);
  const { seconds, megabytes } = await beginDays(servers, logger);
  return [
    {
      name: '100,000 characters due at once: all days begun',
      value: seconds,
      unit: 's',
      aim: 'less than 60',
      floor: { name: 'bare rows and jobs in the same batches', value: floor },
    },
    {
      name: '… and what the process grew by meanwhile',
      value: megabytes,
      unit: 'MB',
      aim: 'bounded: a batch, not all',
      floor: null,
    },
  ];
}

async function beginDays(servers: Servers, logger: Logger) {
  const { database, store, steps, queues, owner } = await openInProcess(servers, logger);
  try {
    await database.raw(
      `INSERT INTO characters (id, profile, profile_hash, next_plan_at)
       SELECT 'due-' || n, jsonb_set(?::jsonb, '{id}', to_jsonb('due-' || n)), 'x', '2026-11-23T00:00:00Z'
       FROM generate_series(1, ?) AS n`,
      [JSON.stringify(buildProfile('zh')), characters],
    );
    await database.raw('ANALYZE characters');
    const clock: Clock = { now: () => Temporal.Instant.from('2026-11-23T00:00:00Z') };
    const planning = {
      store,
      steps,
      clock,
      logger,
      planningTime: minuteOf('04:00'),
      author: 'gemini' as const,
      model: 'scripted',
      fallback: 'offline' as const,
      chapters: 4,
      budget: buildBudget(),
    };
    const before = process.memoryUsage.rss();
    let most = before;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage.rss());
    }, 20);
    const began = performance.now();
    const { begun } = await planDueDays(planning, new AbortController().signal);
    const seconds = (performance.now() - began) / 1000;
    clearInterval(watch);
    const waiting = await queues.get('author-gemini').getPrioritizedCount();
    if (begun !== characters || waiting !== characters) {
      throw new Error(`${begun} days were begun and ${waiting} are enqueued.`);
    }
    await queues.get('author-gemini').obliterate({ force: true });
    await database.raw("DELETE FROM generations WHERE character_id LIKE 'due-%'");
    await database.raw("DELETE FROM characters WHERE id LIKE 'due-%'");
    return { seconds, megabytes: (most - before) / 2 ** 20 };
  } finally {
    await owner.closeAll();
  }
}

/** As many rows and jobs as there are days, which check and remember nothing. */
async function bareRowsAndJobs({ databaseUrl, redisUrl }: Servers): Promise<number> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  await pool.query('CREATE TABLE bare_days (id uuid PRIMARY KEY, character text, date date)');
  const connection = { url: redisUrl, maxRetriesPerRequest: null };
  const queue = new Queue('bare-days', { connection, prefix: `bare-${process.pid}` });
  const began = performance.now();
  for (let done = 0; done < characters; done += batch) {
    const { rows } = await pool.query<{ id: string }>(
      `INSERT INTO bare_days SELECT gen_random_uuid(), 'due-' || n, '2026-11-23'
       FROM generate_series($1::int, $2::int) AS n RETURNING id`,
      [done + 1, done + batch],
    );
    await queue.addBulk(
      rows.map(({ id }) => ({ name: 'plan-day', data: { id }, opts: { priority: 10, jobId: id } })),
    );
  }
  const seconds = (performance.now() - began) / 1000;
  await queue.obliterate({ force: true });
  await queue.close();
  await pool.query('DROP TABLE bare_days');
  await pool.end();
  return seconds;
}
