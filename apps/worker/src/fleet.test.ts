import { afterEach, expect, test } from '@jest/globals';
import { localDate } from '@texas-ai/kernel';
import { type LoggedLine, until } from '@texas-ai/testing';
import { startFleet, type TestFleet, type TestWorker } from '../test/test-fleet.js';

// Complete workers, wired as in production, on real servers.

let fleet: TestFleet | null = null;
afterEach(async () => {
  await fleet?.stop();
  fleet = null;
});

/** Like FLUSHALL, but only for this fleet's keys: other tests share the server. */
async function wipe({ deps }: TestWorker, { prefix }: TestFleet): Promise<void> {
  const { connection } = deps.queues;
  const keys = await connection.keys(`${prefix}:*`);
  if (keys.length > 0) await connection.del(keys);
}

/** Waits until the workers are idle, then makes every unfinished generation stale. */
async function makeUnfinishedStale(
  workers: readonly TestWorker[],
  { db }: TestFleet,
): Promise<void> {
  const states = ['wait', 'prioritized', 'active', 'delayed'] as const;
  await until(async () => {
    if (workers.some(({ consumer }) => consumer.activeJobs().length > 0)) return false;
    const counts = workers.flatMap(({ deps }) =>
      deps.workedQueues
        // It has scheduled jobs waiting for their time.
        .filter((queue) => queue !== 'maintenance')
        .map((queue) => deps.queues.get(queue).getJobCountByTypes(...states)),
    );
    return (await Promise.all(counts)).every((count) => count === 0);
  });
  await db.database('generations').whereNull('finished_at').update({ touched_at: '-infinity' });
}

test('a wiped Redis loses none of 50 generations, and no plan is paid for twice', async () => {
  fleet = await startFleet({ latencyMs: 20 });
  const { gemini, db } = fleet;
  const worker = await fleet.startWorker();
  const workers = [worker, await fleet.startWorker()];
  const generations = [];
  for (let count = 0; count < 50; count++) generations.push(await fleet.request(worker));
  await gemini.called(60);
  await wipe(worker, fleet);
  await makeUnfinishedStale(workers, fleet);
  const published = await fleet.until(generations, 'published');
  const plans: { calls: number }[] = await db
    .database('author_calls')
    .where({ step: 'plan-day' })
    .groupBy('generation_id')
    .select(db.database.raw('count(*) AS calls'));
  expect(plans).toHaveLength(50);
  // Workers store the results of the calls they had in flight; none is made again.
  expect(plans.filter(({ calls }) => calls !== 1)).toEqual([]);
  expect(published.filter(({ author, fallback }) => author !== 'gemini' || fallback)).toEqual([]);
});

test('after Redis is wiped, days wait for the authors of another worker instead of falling back', async () => {
  fleet = await startFleet({
    authoring: { fallback: 'none' },
    latencyMs: 300,
  });
  const { db } = fleet;
  const publishing = await fleet.startWorker({ WORKER_QUEUES: 'days,alerts,maintenance' });
  const asking = { WORKER_QUEUES: 'author-gemini', WORKER_CONCURRENCY: '1' };
  const workers = [publishing, await fleet.startWorker(asking)];
  const generations = [await fleet.request(publishing), await fleet.request(publishing)];
  // Their time to fall back has come.
  await db.database('generations').update({ fallback_at: db.database.fn.now() });
  await fleet.gemini.called(1);
  await wipe(publishing, fleet);
  await makeUnfinishedStale(workers, fleet);
  const published = await fleet.until(generations, 'published');
  expect(published.map(({ author }) => author)).toEqual(['gemini', 'gemini']);
});

test('a call whose job loses its lock in Redis is not made twice', async () => {
  fleet = await startFleet({ worker: { retryStorageSeconds: 0.1 } });
  const { gemini, prefix } = fleet;
  let answer: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  gemini.behaveBy(() => answered.then(() => 'ok'));
  const worker = await fleet.startWorker();
  const workers = [worker, await fleet.startWorker()];
  const generation = await fleet.request(worker);
  await gemini.called(1);
  // As if Redis had been down for longer than a lock lasts.
  const { connection } = worker.deps.queues;
  const locks = await connection.keys(`${prefix}:*:lock`);
  expect(locks).toHaveLength(1);
  await connection.del(locks);
  const busy = ({ message, fields }: LoggedLine) =>
    message === 'step handed back' && fields?.code === 'call_in_flight';
  await until(
    () =>
      gemini.calls.length > 1 || workers.some(({ logger }) => logger.lines.filter(busy).length > 1),
  );
  answer();
  const [published] = await fleet.until([generation], 'published');
  expect(published).toMatchObject({ fallback: null, usage: { calls: 5 } });
});

test('a day whose author failed for good is finished by the offline author, with the reason', async () => {
  fleet = await startFleet();
  fleet.gemini.behaveBy(() => 'blocked');
  const worker = await fleet.startWorker();
  const generation = await fleet.request(worker);
  const [published] = await fleet.until([generation], 'published');
  expect(published).toMatchObject({
    author: 'offline',
    fallback: { from: 'gemini', code: 'author_blocked' },
    error: null,
  });
  const day = await fleet.db.store.days.find('texas', generation.date);
  expect(day?.generation).toMatchObject({ author: 'offline', fallback: { from: 'gemini' } });
});

test('a retryable failure is retried a few times, then the day fails with its code', async () => {
  fleet = await startFleet({ authoring: { fallback: 'none' } });
  fleet.gemini.behaveBy(() => 'serverError');
  const worker = await fleet.startWorker();
  const generation = await fleet.request(worker);
  const [failed] = await fleet.until([generation], 'failed');
  expect(failed?.error?.code).toBe('author_http_error');
  expect(fleet.gemini.calls).toHaveLength(4);
  const { database } = fleet.db;
  // The alert is raised after the failure is stored.
  await until(async () => (await database('alerts')).length > 0);
  expect(await database('alerts').select('kind', 'count')).toEqual([
    { kind: 'generation_failed', count: 1 },
  ]);
});

test('a worker that stops hands its job back, and another makes the call', async () => {
  fleet = await startFleet();
  const { gemini } = fleet;
  gemini.respondWith('hang');
  const stopping = await fleet.startWorker();
  const generation = await fleet.request(stopping);
  await gemini.called(1);
  await stopping.consumer.close(AbortSignal.abort());
  await stopping.stop();
  const next = await fleet.startWorker();
  await fleet.until([generation], 'published');
  // It did not have to detect that the other worker is gone.
  expect(next.logger.lines.map(({ message }) => message)).not.toContainEqual(
    expect.stringMatching(/stalled|lost/),
  );
  // It did not count as a failure.
  expect(await fleet.db.database('generations').sum('plan_failures as sum').first()).toEqual({
    sum: 0,
  });
});

test('workers that start at once create each schedule once, and restore it after Redis is wiped', async () => {
  const started = await startFleet({ environment: { PLANNING_AUTOMATIC: 'true' } });
  fleet = started;
  const [worker] = await Promise.all([1, 2, 3].map(() => started.startWorker()));
  if (!worker) throw new Error('There are three.');
  const days = worker.deps.queues.get('days');
  await until(async () => (await days.getJobSchedulersCount()) > 0);
  const schedules = async () => [await days.getJobSchedulersCount(), await days.getDelayedCount()];
  expect(await schedules()).toEqual([1, 1]);
  await wipe(worker, fleet);
  expect(await days.getJobSchedulersCount()).toBe(0);
  await until(async () => (await days.getJobSchedulersCount()) > 0);
  expect(await schedules()).toEqual([1, 1]);
});

test('a due character’s day is written without a request', async () => {
  fleet = await startFleet({
    environment: { PLANNING_AUTOMATIC: 'true' },
    // Due at any time of day.
    planning: { time: '00:00' },
  });
  const { db } = fleet;
  const worker = await fleet.startWorker();
  await worker.deps.queues.get('days').add('plan-due-days', { version: 1 });
  await until(async () => (await db.database('days').select('date')).length > 0);
  const [generation] = await db.database('generations').orderBy('date');
  expect(generation).toMatchObject({ asked_by: 'night', author: 'gemini' });
  const [character] = await db.database('characters').select('next_plan_at', 'time_zone');
  const next = localDate(character?.next_plan_at, character?.time_zone);
  expect(next.since(generation?.date).days).toBeGreaterThanOrEqual(1);
});

test('a character that an older process removed is restored', async () => {
  fleet = await startFleet();
  const { db } = fleet;
  await fleet.startWorker();
  await db.database('characters').update({ profile_hash: 'older', next_plan_at: 'infinity' });
  await until(async () => {
    const found = db.database('characters').where({ profile_hash: 'one' });
    return (await found.whereNot({ next_plan_at: 'infinity' })).length === 1;
  });
});

test('an unannounced day is announced by the reconciler', async () => {
  fleet = await startFleet();
  const worker = await fleet.startWorker();
  const { db } = fleet;
  const announced: string[] = [];
  worker.deps.announcements.onAnnouncement((announcement) => {
    if (announcement.kind === 'day.published') announced.push(announcement.generationId);
  });
  const generation = await fleet.request(worker);
  // Announcements arrive independently of the database.
  await until(() => announced.length > 0);
  await fleet.until([generation], 'published');
  announced.length = 0;
  await db.database('generations').update({
    announced_at: null,
    finished_at: db.database.raw("now() - interval '1 hour'"),
  });
  await until(async () => {
    const [row] = await db.database('generations').select('announced_at');
    return row?.announced_at !== null;
  });
  await until(() => announced.length > 0);
  expect(announced).toEqual([generation.id]);
});

test('queues can be processed by separate workers, within their concurrency', async () => {
  fleet = await startFleet({
    worker: { concurrencyOf: { 'author-gemini': 1 } },
    latencyMs: 50,
  });
  const { gemini } = fleet;
  let maxConcurrent = 0;
  gemini.behaveBy(() => {
    maxConcurrent = Math.max(maxConcurrent, gemini.callsInFlight(''));
    return 'ok';
  });
  const author = await fleet.startWorker({ WORKER_QUEUES: 'author-gemini' });
  const generation = await fleet.request(author);
  await until(async () => (await fleet?.generationOf(generation.id))?.status === 'publishing');
  // No worker publishes yet.
  const others = await fleet.startWorker({ WORKER_QUEUES: 'days,alerts,maintenance' });
  await fleet.until([generation], 'published');
  expect(author.consumer.queues).toEqual(['author-gemini']);
  expect(others.consumer.queues).toEqual(['days', 'alerts', 'maintenance']);
  expect(maxConcurrent).toBe(1);
});
