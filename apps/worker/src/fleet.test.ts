import { afterEach, expect, test } from '@jest/globals';
import { startFleet, type TestFleet, type TestWorker, untilTrue } from '../test/test-fleet.js';

// Whole workers, as their processes wire them, on real servers.

let fleet: TestFleet | null = null;
afterEach(async () => {
  await fleet?.stop();
  fleet = null;
});

/** As FLUSHALL, for what is this fleet's: other tests share the server. */
async function wipe({ deps }: TestWorker, { prefix }: TestFleet): Promise<void> {
  const { connection } = deps.queues;
  const keys = await connection.keys(`${prefix}:*`);
  if (keys.length > 0) await connection.del(keys);
}

test('Redis is wiped in the middle of 50 generations: none is lost, no plan is paid for twice', async () => {
  fleet = await startFleet({ latencyMs: 20 });
  const { gemini, db } = fleet;
  const worker = await fleet.startWorker();
  await fleet.startWorker();
  const generations = [];
  for (let count = 0; count < 50; count++) generations.push(await fleet.request(worker));
  await gemini.called(60);
  await wipe(worker, fleet);
  const published = await fleet.until(generations, 'published', 60);
  const plans: { calls: number }[] = await db
    .database('author_calls')
    .where({ step: 'plan-day' })
    .groupBy('generation_id')
    .select(db.database.raw('count(*) AS calls'));
  expect(plans).toHaveLength(50);
  // Whoever was at work when Redis was wiped stores what it has; nobody is asked again.
  expect(plans.filter(({ calls }) => calls !== 1)).toEqual([]);
  expect(published.filter(({ author, fallback }) => author !== 'gemini' || fallback)).toEqual([]);
}, 90_000);

test('Redis is wiped where another process works the authors: no day is taken from them for it', async () => {
  fleet = await startFleet({
    authoring: { fallback: 'none' },
    // Workers tell of themselves every five seconds.
    alerts: { noWorkerSeconds: 15 },
    latencyMs: 300,
  });
  const { db } = fleet;
  const publishing = await fleet.startWorker({ WORKER_QUEUES: 'days,alerts,maintenance' });
  await fleet.startWorker({ WORKER_QUEUES: 'author-gemini', WORKER_CONCURRENCY: '1' });
  const generations = [await fleet.request(publishing), await fleet.request(publishing)];
  // They were asked for long ago.
  await db.database('generations').update({ fallback_at: db.database.fn.now() });
  await fleet.gemini.called(1);
  await wipe(publishing, fleet);
  const published = await fleet.until(generations, 'published');
  expect(published.map(({ author }) => author)).toEqual(['gemini', 'gemini']);
});

test('a day whose author failed for good is finished by the offline author and says so', async () => {
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

test('what was retryable is tried again a few times, then the day fails with its code', async () => {
  fleet = await startFleet({ authoring: { fallback: 'none' } });
  fleet.gemini.behaveBy(() => 'serverError');
  const worker = await fleet.startWorker();
  const generation = await fleet.request(worker);
  const [failed] = await fleet.until([generation], 'failed');
  expect(failed?.error?.code).toBe('author_http_error');
  expect(fleet.gemini.calls).toHaveLength(4);
  const alerts = await fleet.db.database('alerts').select('kind', 'count');
  expect(alerts).toEqual([{ kind: 'generation_failed', count: 1 }]);
});

test('a worker that stops hands its call back, and another one makes it', async () => {
  fleet = await startFleet();
  const { gemini } = fleet;
  gemini.respondWith('hang');
  const stopping = await fleet.startWorker();
  const generation = await fleet.request(stopping);
  await gemini.called(1);
  await stopping.consumer.close(AbortSignal.abort());
  await stopping.stop();
  const began = performance.now();
  await fleet.startWorker();
  await fleet.until([generation], 'published');
  expect(performance.now() - began).toBeLessThan(10_000);
  // Nothing counted as a failure.
  expect(await fleet.db.database('generations').sum('plan_failures as sum').first()).toEqual({
    sum: 0,
  });
});

test('workers that start at once make each schedule once, and put it back when Redis is wiped', async () => {
  const started = await startFleet({ environment: { PLANNING_AUTOMATIC: 'true' } });
  fleet = started;
  const [worker] = await Promise.all([1, 2, 3].map(() => started.startWorker()));
  if (!worker) throw new Error('There are three.');
  const days = worker.deps.queues.get('days');
  await untilTrue(async () => (await days.getJobSchedulersCount()) > 0);
  const schedules = async () => [await days.getJobSchedulersCount(), await days.getDelayedCount()];
  expect(await schedules()).toEqual([1, 1]);
  await wipe(worker, fleet);
  expect(await days.getJobSchedulersCount()).toBe(0);
  await untilTrue(async () => (await days.getJobSchedulersCount()) > 0);
  expect(await schedules()).toEqual([1, 1]);
});

test('a character whose planning time has come has her day written without anybody asking', async () => {
  fleet = await startFleet({
    environment: { PLANNING_AUTOMATIC: 'true' },
    // It has come, whatever the hour is.
    planning: { time: '00:00' },
  });
  const { db } = fleet;
  const worker = await fleet.startWorker();
  await worker.deps.queues.get('days').add('plan-due-days', { version: 1 });
  await untilTrue(async () => (await db.database('days').select('date')).length > 0);
  const [generation] = await db.database('generations').select('asked_by', 'author');
  expect(generation).toEqual({ asked_by: 'night', author: 'gemini' });
  const [character] = await db.database('characters').select('next_plan_at');
  expect(character?.next_plan_at.epochMilliseconds).toBeGreaterThan(Date.now());
});

test('a character that another process took away is there again', async () => {
  fleet = await startFleet();
  const { db } = fleet;
  await fleet.startWorker();
  await db.database('characters').update({ profile_hash: 'older', next_plan_at: 'infinity' });
  await untilTrue(async () => {
    const found = db.database('characters').where({ profile_hash: 'one' });
    return (await found.whereNot({ next_plan_at: 'infinity' })).length === 1;
  });
});

test('what was committed and not announced is announced by another', async () => {
  fleet = await startFleet();
  const worker = await fleet.startWorker();
  const { db } = fleet;
  const heard: string[] = [];
  worker.deps.announcements.onAnnouncement((announcement) => {
    if (announcement.kind === 'day.published') heard.push(announcement.generationId);
  });
  const generation = await fleet.request(worker);
  // An announcement comes by another way than the row.
  await untilTrue(() => heard.length > 0);
  await fleet.until([generation], 'published');
  heard.length = 0;
  await db.database('generations').update({
    announced_at: null,
    finished_at: db.database.raw("now() - interval '1 minute'"),
  });
  await untilTrue(async () => {
    const [row] = await db.database('generations').select('announced_at');
    return row?.announced_at !== null;
  });
  await untilTrue(() => heard.length > 0);
  expect(heard).toEqual([generation.id]);
});

test('queues can be worked apart, each with as many jobs at once as it may have', async () => {
  fleet = await startFleet({
    worker: { concurrencyOf: { 'author-gemini': 1 } },
    latencyMs: 50,
  });
  const { gemini } = fleet;
  let most = 0;
  gemini.behaveBy(() => {
    most = Math.max(most, gemini.underWay(''));
    return 'ok';
  });
  const author = await fleet.startWorker({ WORKER_QUEUES: 'author-gemini' });
  const generation = await fleet.request(author);
  await untilTrue(async () => (await fleet?.generationOf(generation.id))?.status === 'publishing');
  // Whoever publishes is not there yet.
  const others = await fleet.startWorker({ WORKER_QUEUES: 'days,alerts,maintenance' });
  await fleet.until([generation], 'published');
  expect(author.consumer.queues).toEqual(['author-gemini']);
  expect(others.consumer.queues).toEqual(['days', 'alerts', 'maintenance']);
  expect(most).toBe(1);
});
