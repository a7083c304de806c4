import { setTimeout as pause } from 'node:timers/promises';
import { connectConsumer, makeConsumer } from '@texas-ai/jobs';
import { type Clock, type Logger, Temporal } from '@texas-ai/kernel';
import { planDay, publishDay, requestGeneration, writeChapter } from '@texas-ai/life';
import { buildProfile, buildStepDeps, makeScriptedAuthor } from '@texas-ai/testing';
import { Queue, Worker } from 'bullmq';
import pg from 'pg';
import type { Figure } from './figure.js';
import { openInProcess } from './in-process.js';
import type { Servers } from './servers.js';

const days = 1500;
const concurrency = 8;
const callsPerDay = 13;

/** Days a minute of one worker process whose author answers at once, beside bare BullMQ and SQL. */
export async function measureThroughput(servers: Servers, logger: Logger): Promise<Figure> {
  const floor = await bareDays(servers);
  const value = await writtenDays(servers, logger);
  return {
    name: 'days a minute, one worker, author at once',
    value,
    unit: 'days/min',
    aim: '3000 or more',
    floor: { name: `bare BullMQ and SQL, ${callsPerDay} jobs a day`, value: floor },
  };
}

async function writtenDays({ databaseUrl, redisUrl }: Servers, logger: Logger): Promise<number> {
  const { store, steps, prefix, owner } = await openInProcess({ databaseUrl, redisUrl }, logger);
  try {
    await store.characters.synchronise([
      { profile: buildProfile('zh', { id: 'bench' }), hash: 'x' },
    ]);
    const first = Temporal.PlainDate.from('2026-01-01');
    const clock: Clock = { now: () => Temporal.Instant.from('2026-01-01T00:00:00Z') };
    const requests = Array.from({ length: days }, (_, index) =>
      first.add({ days: index }).toString(),
    );
    const window = { daysBack: 1, daysAhead: days + 1 };
    const onProgress = () => undefined;
    for (const date of requests) {
      await requestGeneration(
        { store, steps, clock, logger, onProgress, author: 'offline', fallback: 'none', window },
        {
          character: 'bench',
          date,
          fresh: false,
          askedBy: 'person',
          idempotency: null,
          requestId: null,
        },
      );
    }

    let published = 0;
    const weather = {
      name: 'seeded' as const,
      weather: async () => ({
        summary: '晴',
        condition: 'sunny' as const,
        tempMinC: 5,
        tempMaxC: 12,
        source: 'seeded' as const,
      }),
    };
    const author = makeScriptedAuthor({ name: 'offline' });
    const deps = {
      ...buildStepDeps(store),
      store,
      steps,
      logger,
      weather,
      authors: () => author,
      chapters: 4,
      onProgress: () => undefined,
    };
    const began = performance.now();
    const consumer = makeConsumer({
      connection: owner.own(connectConsumer({ url: redisUrl, logger }), (each) =>
        each.disconnect(),
      ),
      prefix,
      queues: ['author-offline', 'days'],
      concurrencyOf: () => concurrency,
      timing: { lockMs: 15_000, stallCheckMs: 5_000, unsettledMs: 5_000 },
      handlers: {
        'plan-due-days': async () => undefined,
        'send-alert': async () => undefined,
        backup: async () => undefined,
        'verify-backup': async () => undefined,
        prune: async () => undefined,
        'plan-day': (payload, { signal }) => planDay(deps, payload, signal),
        'write-chapter': (payload, { signal }) => writeChapter(deps, payload, signal),
        'publish-day': (payload) =>
          publishDay(
            {
              store,
              announce: async () => {
                published += 1;
              },
            },
            payload,
          ),
      },
      around: (_job, work) => work(),
      settle: async () => ({ kind: 'again', delayMs: 100 }),
      hold: async () => undefined,
      logger,
    });
    owner.own(consumer, (each) => each.close(AbortSignal.timeout(5000)));
    while (published < days) await pause(20);
    return (days / (performance.now() - began)) * 60_000;
  } finally {
    await owner.closeAll();
  }
}

/** The same number of jobs as a naive system has, each of which stores one row and checks nothing. */
async function bareDays({ databaseUrl, redisUrl }: Servers): Promise<number> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
  await pool.query('CREATE TABLE IF NOT EXISTS bare (id bigserial PRIMARY KEY, content text)');
  const connection = { url: redisUrl, maxRetriesPerRequest: null };
  const prefix = `bare-${process.pid}`;
  const queue = new Queue('bare', { connection, prefix });
  const jobs = days * callsPerDay;
  for (let sent = 0; sent < jobs; sent += 1000) {
    const batch = Array.from({ length: Math.min(1000, jobs - sent) }, () => ({
      name: 'call',
      data: {},
    }));
    await queue.addBulk(batch);
  }
  let done = 0;
  const began = performance.now();
  const worker = new Worker(
    'bare',
    async () => {
      await pool.query('INSERT INTO bare (content) VALUES ($1)', ['A sentence of her day.']);
      done += 1;
    },
    { connection, prefix, concurrency, removeOnComplete: { count: 0 } },
  );
  while (done < jobs) await pause(20);
  const rate = (days / (performance.now() - began)) * 60_000;
  await worker.close();
  await queue.close();
  await pool.query('DROP TABLE bare');
  await pool.end();
  return rate;
}
