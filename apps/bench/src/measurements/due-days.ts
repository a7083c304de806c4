import { type Clock, type Logger, Temporal } from '@texas-ai/kernel';
import { minuteOf, planDueDays, recoverStalled } from '@texas-ai/life';
import { buildBudget, buildProfile } from '@texas-ai/testing';
import { Queue } from 'bullmq';
import pg from 'pg';
import { longestBlockDuring, peakDuring, residentNow, timed } from '../gauges.js';
import { defineMeasurement } from '../measurement.js';
import type { Servers } from '../servers.js';
import { openUseCaseDeps, type UseCaseDeps } from '../use-cases.js';

const characters = { few: 20_000, all: 100_000 };
const batch = 250;

/**
 * Seconds and memory to start the days of 100,000 characters that are due at once, and to recover all of them after a
 * wiped Redis, with the longest block of the event loop.
 */
export const dueDays = defineMeasurement({
  id: 'due-days',
  title: '100,000 characters due at once',
  needs: [],
  async measure({ servers, logger }) {
    const floor = await bareRowsAndJobs(servers);
    const bench = await openUseCaseDeps(servers, logger);
    try {
      const before = residentNow();
      const few = await beginDays(bench, 'few', logger);
      const all = await beginDays(bench, 'all', logger);
      const recovered = await recoverAfterWipe(bench);
      return [
        {
          id: 'due-days',
          name: '100,000 characters due at once: all days started',
          value: all.seconds,
          unit: 's',
          aim: { of: 'value', atMost: 60 },
          floor: { name: 'bare rows and jobs in the same batches', value: floor },
        },
        {
          id: 'due-days-memory',
          name: '… memory growth of the process (bounded: little more than for a fifth)',
          value: all.megabytes - before,
          unit: 'MB',
          aim: { of: 'ratio', atMost: 2 },
          floor: { name: '20,000 due at once', value: few.megabytes - before },
        },
        {
          id: 'due-days-hold',
          name: '… longest block of the event loop',
          value: all.longestBlockMs,
          unit: 'ms',
          aim: { of: 'value', atMost: 100 },
        },
        {
          id: 'lost-days',
          name: '120,000 days whose jobs were lost with Redis: all recovered',
          value: recovered.seconds,
          unit: 's',
        },
        {
          id: 'lost-days-hold',
          name: '… longest block of the event loop',
          value: recovered.longestBlockMs,
          unit: 'ms',
          aim: { of: 'value', atMost: 100 },
        },
      ];
    } finally {
      await bench.owner.closeAll();
    }
  },
});

async function beginDays(
  { database, store, steps, queues }: UseCaseDeps,
  some: keyof typeof characters,
  logger: Logger,
): Promise<{ seconds: number; megabytes: number; longestBlockMs: number }> {
  const count = characters[some];
  await database.raw(
    `INSERT INTO characters (id, profile, profile_hash, next_plan_at)
     SELECT id, jsonb_set(?::jsonb, '{id}', to_jsonb(id)), 'x', '2026-11-23T00:00:00Z'
     FROM (SELECT ? || '-' || n AS id FROM generate_series(1, ?) AS n) AS made`,
    [JSON.stringify(buildProfile('zh')), some, count],
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
  const queue = queues.get('author-gemini');
  const waitedBefore = await queue.getPrioritizedCount();
  const { megabytes, result: blocked } = await peakDuring(() =>
    longestBlockDuring(() => timed(() => planDueDays(planning, new AbortController().signal))),
  );
  const { longestBlockMs, result: planned } = blocked;
  const { seconds, result } = planned;
  const { begun } = result;
  const waiting = (await queue.getPrioritizedCount()) - waitedBefore;
  if (begun !== count || waiting !== count) {
    throw new Error(`${begun} days were started, but ${waiting} are enqueued.`);
  }
  return { seconds, megabytes, longestBlockMs };
}

async function recoverAfterWipe({ database, store, steps, queues }: UseCaseDeps) {
  await queues.connection.flushall();
  await database('generations').update({ touched_at: database.raw("now() - interval '1 hour'") });
  const { longestBlockMs, result } = await longestBlockDuring(() =>
    timed(() => recoverStalled({ store, steps }, 60_000)),
  );
  const { seconds, result: lost } = result;
  const waiting = await queues.get('author-gemini').getPrioritizedCount();
  if (lost !== characters.few + characters.all || waiting !== lost) {
    throw new Error(`${lost} days were recovered, but ${waiting} are enqueued.`);
  }
  return { seconds, longestBlockMs };
}

/** The same number of bare rows and jobs, without checks. */
async function bareRowsAndJobs({ databaseUrl, redisUrl }: Servers): Promise<number> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  await pool.query('CREATE TABLE bare_days (id uuid PRIMARY KEY, character text, date date)');
  const queue = new Queue('bare-days', {
    connection: { url: redisUrl, maxRetriesPerRequest: null },
  });
  const { seconds } = await timed(async () => {
    for (let done = 0; done < characters.all; done += batch) {
      const { rows } = await pool.query<{ id: string }>(
        `INSERT INTO bare_days SELECT gen_random_uuid(), 'due-' || n, '2026-11-23'
         FROM generate_series($1::int, $2::int) AS n RETURNING id`,
        [done + 1, done + batch],
      );
      await queue.addBulk(
        rows.map(({ id }) => ({
          name: 'plan-day',
          data: { id },
          opts: { priority: 10, jobId: id },
        })),
      );
    }
  });
  await queue.obliterate({ force: true });
  await queue.close();
  await pool.query('DROP TABLE bare_days');
  await pool.end();
  return seconds;
}
