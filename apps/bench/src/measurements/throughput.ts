import { connectConsumer, makeConsumer } from '@texas-ai/jobs';
import { type Clock, type Logger, Temporal } from '@texas-ai/kernel';
import { planDay, publishDay, requestGeneration, writeChapter } from '@texas-ai/life';
import { buildProfile, buildStepDeps, makeScriptedAuthor, until } from '@texas-ai/testing';
import { Queue, Worker } from 'bullmq';
import pg from 'pg';
import { defineMeasurement } from '../measurement.js';
import type { Servers } from '../servers.js';
import { openUseCaseDeps, type UseCaseDeps } from '../use-cases.js';

const days = 1500;
const concurrency = 8;
const callsPerDay = 13;
const maxSeconds = 3600;
const clock: Clock = { now: () => Temporal.Instant.from('2026-01-01T00:00:00Z') };

/** The throughput of one worker process with an instant author, compared with bare BullMQ and SQL. */
export const throughput = defineMeasurement({
  id: 'throughput',
  title: 'Days per minute and CPU per day with an instant author',
  needs: [],
  async measure({ servers, logger }) {
    const floor = await bareDays(servers);
    const written = await writtenDays(servers, logger);
    const name = `bare BullMQ and SQL, ${callsPerDay} jobs per day`;
    return [
      {
        id: 'days-per-minute',
        name: 'days per minute, one worker, instant author',
        value: written.perMinute,
        unit: 'days/min',
        aim: { of: 'value', atLeast: 3000 },
        floor: { name, value: floor.perMinute },
      },
      {
        id: 'worker-cpu-per-day',
        name: 'worker CPU per day, instant author',
        value: written.cpuMs,
        unit: 'ms',
        floor: { name, value: floor.cpuMs },
      },
    ];
  },
});

interface Throughput {
  perMinute: number;
  /** CPU of this process per day, in milliseconds. */
  cpuMs: number;
}

async function writtenDays(servers: Servers, logger: Logger): Promise<Throughput> {
  const bench = await openUseCaseDeps(servers, logger);
  try {
    await requestDays(bench, logger);
    return await workDays(bench, servers, logger);
  } finally {
    await bench.owner.closeAll();
  }
}

async function requestDays({ store, steps }: UseCaseDeps, logger: Logger): Promise<void> {
  const character = 'bench';
  await store.characters.synchronise([
    { profile: buildProfile('zh', { id: character }), hash: 'x' },
  ]);
  const first = Temporal.PlainDate.from('2026-01-01');
  const window = { daysBack: 1, daysAhead: days + 1 };
  const onProgress = () => undefined;
  for (let index = 0; index < days; index++) {
    await requestGeneration(
      { store, steps, clock, logger, onProgress, author: 'offline', window },
      {
        character,
        date: first.add({ days: index }),
        fresh: false,
        askedBy: 'person',
        idempotency: null,
        requestId: null,
      },
    );
  }
}

async function workDays(
  { store, steps, prefix, owner }: UseCaseDeps,
  { redisUrl }: Servers,
  logger: Logger,
): Promise<Throughput> {
  let published = 0;
  const author = makeScriptedAuthor({ name: 'offline' });
  const deps = {
    ...buildStepDeps(store, { clock }),
    store,
    steps,
    logger,
    weather: { name: 'seeded' as const, weather: async () => sunny },
    authors: () => author,
    chapters: 4,
    onProgress: () => undefined,
  };
  const announce = async () => {
    published += 1;
  };
  const connection = owner.own(connectConsumer({ url: redisUrl, logger }), (each) =>
    each.disconnect(),
  );
  const measured = startMeter();
  const consumer = makeConsumer({
    connection,
    prefix,
    queues: ['author-offline', 'days'],
    concurrencyOf: () => concurrency,
    timing: { lockMs: 15_000, stallCheckMs: 5_000, unhandledRetryMs: 5_000 },
    handlers: {
      'plan-due-days': async () => undefined,
      'send-alert': async () => undefined,
      backup: async () => undefined,
      'verify-backup': async () => undefined,
      prune: async () => undefined,
      'plan-day': (payload, { signal }) => planDay(deps, payload, signal),
      'write-chapter': (payload, { signal }) => writeChapter(deps, payload, signal),
      'publish-day': (payload) => publishDay({ store, announce }, payload),
    },
    around: (_job, work) => work(),
    handleFailure: async () => ({ kind: 'again', delayMs: 100, failures: 1 }),
    pauseQueue: async () => undefined,
    logger,
  });
  owner.own(consumer, (each) => each.close(AbortSignal.timeout(5000)));
  await until(() => published >= days, maxSeconds);
  return measured();
}

const sunny = {
  summary: '晴',
  condition: 'sunny' as const,
  tempMinC: 5,
  tempMaxC: 12,
  source: 'seeded' as const,
};

/** The jobs of a naive system: the same number, each storing one row without checks. */
async function bareDays({ databaseUrl, redisUrl }: Servers): Promise<Throughput> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
  await pool.query('CREATE TABLE bare (id bigserial PRIMARY KEY, content text)');
  const connection = { url: redisUrl, maxRetriesPerRequest: null };
  const queue = new Queue('bare', { connection });
  const jobs = days * callsPerDay;
  for (let sent = 0; sent < jobs; sent += 1000) {
    const batch = Array.from({ length: Math.min(1000, jobs - sent) }, () => ({
      name: 'call',
      data: {},
    }));
    await queue.addBulk(batch);
  }
  let done = 0;
  const measured = startMeter();
  const worker = new Worker(
    'bare',
    async () => {
      await pool.query('INSERT INTO bare (content) VALUES ($1)', ['A sentence of her day.']);
      done += 1;
    },
    { connection, concurrency, removeOnComplete: { count: 0 } },
  );
  await until(() => done >= jobs, maxSeconds);
  const reached = measured();
  await worker.close();
  await queue.obliterate({ force: true });
  await queue.close();
  await pool.query('DROP TABLE bare');
  await pool.end();
  return reached;
}

/** Starts measuring time and CPU; the returned function returns the throughput since then. */
function startMeter(): () => Throughput {
  const began = performance.now();
  const cpu = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return {
      perMinute: (days / (performance.now() - began)) * 60_000,
      cpuMs: (user + system) / 1000 / days,
    };
  };
}
