import { afterEach, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import { until } from '@texas-ai/testing';
import { goodKey, startFleet, type TestFleet } from '../../test/test-fleet.js';

// Whole workers, as their processes wire them, on real servers.

let fleet: TestFleet | null = null;

/** Kept by key, as the rest of a spent day is: that one is short just before Gemini's midnight. */
const longRest = '3600s';
afterEach(async () => {
  await fleet?.stop();
  fleet = null;
});

/** The database's troubles, and what was told of them. */
async function alertsOf({ db, webhook }: TestFleet) {
  const alerts: { kind: string; count: number; recovered_at: unknown }[] = await db
    .database('alerts')
    .orderBy('opened_at');
  const told = webhook.requests.map(({ json }) => json as { title: string; over: boolean });
  return { alerts, told };
}

/** The worker that just started has made its check. */
async function checked({ db }: TestFleet): Promise<void> {
  const probes = () => db.database('author_calls').where({ step: 'probe', outcome: 'answered' });
  await until(async () => (await probes()).length === 1);
}

test('a 429 holds all workers for the time that it names, and costs no try', async () => {
  fleet = await startFleet({ retryDelay: '8s' });
  const { gemini, db } = fleet;
  const one = await fleet.startWorker();
  const other = await fleet.startWorker();
  gemini.respondWith('rateLimited');
  const generations = [];
  for (let count = 0; count < 4; count++) generations.push(await fleet.request(one));
  const [first] = generations;
  const waiting = async () => (await fleet?.generationOf(first?.id ?? ''))?.waiting;
  await until(async () => Boolean(await waiting()));
  const { reason, until: end } = (await waiting()) ?? {};
  expect(reason).toContain('rate limit');
  // Since when everybody can know of it.
  const known = await db.store.now();
  const published = await fleet.until(generations, 'published');
  const calls = db.database('author_calls').where('opened_at', '>', known.toString());
  expect(await calls.clone()).not.toEqual([]);
  expect(await calls.where('opened_at', '<', String(end))).toEqual([]);
  expect(published.map(({ waiting }) => waiting)).toEqual([null, null, null, null]);
  expect(other.logger.lines.filter(({ level }) => level === 'error')).toEqual([]);
  const failures = await fleet.db.database('generations').sum('plan_failures as sum').first();
  expect(failures?.sum).toBe(0);
});

test('a refused key fails the day that met it, holds the rest, warns once, and is tried until it works', async () => {
  fleet = await startFleet({ authoring: { fallback: 'none' } });
  const { gemini, webhook } = fleet;
  const worker = await fleet.startWorker({ WORKER_CONCURRENCY: '1' });
  await checked(fleet);
  gemini.expectKey('another-key');
  const generations = [];
  for (let count = 0; count < 5; count++) generations.push(await fleet.request(worker));
  const [met, ...rest] = generations;
  if (!met) throw new Error('Five were asked for.');
  await fleet.until([met], 'failed');
  expect((await fleet.generationOf(met.id)).error?.code).toBe('author_unauthorized');
  await until(() => gemini.probes() >= 3);
  expect(gemini.calls).toHaveLength(1);
  const held = await Promise.all(rest.map(({ id }) => fleet?.generationOf(id)));
  expect(held.map((each) => [each?.status, each?.waiting?.reason])).toEqual(
    rest.map(() => [expect.stringMatching(/queued|planning/), expect.any(String)]),
  );
  await until(() => webhook.requests.length >= 1);

  gemini.expectKey(goodKey);
  await fleet.until(rest, 'published');
  await until(() => webhook.requests.length >= 2);
  const { alerts, told } = await alertsOf(fleet);
  const refused = alerts.filter(({ kind }) => kind === 'author_unauthorized');
  expect(refused).toHaveLength(1);
  expect(refused[0]?.recovered_at).not.toBeNull();
  expect(
    told.filter(({ title }) => title.includes('refuses the API key')).map(({ over }) => over),
  ).toEqual([false, true]);
  expect(JSON.stringify(webhook.requests)).not.toContain(goodKey);

  // The one that failed goes on where it stopped when it is asked for again.
  await fleet.requestAgain(worker, met);
  await fleet.until([met], 'published');
});

test('another key is not held, and a worker with it takes the work over', async () => {
  fleet = await startFleet({ authoring: { fallback: 'none' } });
  const refused = await fleet.startWorker({ WORKER_CONCURRENCY: '1' });
  await checked(fleet);
  fleet.gemini.expectKey('key-that-works-123');
  const first = await fleet.request(refused);
  const second = await fleet.request(refused);
  await fleet.until([first], 'failed');
  await fleet.startWorker({ GEMINI_API_KEY: 'key-that-works-123' });
  await fleet.until([second], 'published');
  const { db } = fleet;
  expect(await db.store.cooldowns.list()).toHaveLength(1);

  // Nobody has the refused key any more: its trouble is over.
  await refused.stop();
  const trouble = () =>
    db.database('alerts').where({ kind: 'author_unauthorized' }).select('recovered_at');
  await until(async () => (await trouble()).every((each) => each.recovered_at !== null));
  expect(await trouble()).toHaveLength(1);
  expect(await db.store.cooldowns.list()).toEqual([]);
});

test('a day that is held until she soon wakes is finished by the offline author, and written anew later', async () => {
  fleet = await startFleet({ authoring: { rewriteFallback: true }, retryDelay: longRest });
  const { gemini, db } = fleet;
  gemini.behaveBy(() => 'rateLimited');
  const worker = await fleet.startWorker();
  const generation = await fleet.request(worker);
  await until(async () => (await fleet?.generationOf(generation.id))?.waiting !== null);
  await db.database('generations').update({ fallback_at: db.database.fn.now() });
  const [published] = await fleet.until([generation], 'published');
  expect(published?.fallback).toEqual({
    from: 'gemini',
    to: 'offline',
    code: 'author_rate_limited',
    reason: expect.stringMatching(/^Gemini’s rate limit is reached\. A paid tier/),
  });

  gemini.behaveBy(() => 'ok');
  await db.database('author_holds').update({ until: db.database.fn.now() });
  await until(async () => {
    const day = await db.store.days.find('texas', Temporal.PlainDate.from(generation.date));
    return day?.generation.author === 'gemini';
  });
  const day = await db.store.days.find('texas', Temporal.PlainDate.from(generation.date));
  expect(day?.generation.fallback).toBeNull();
});

test('a new key ends the long rest of another', async () => {
  fleet = await startFleet({ retryDelay: longRest });
  const { gemini } = fleet;
  gemini.behaveBy(({ apiKey }) => (apiKey === goodKey ? 'rateLimited' : 'ok'));
  const spent = await fleet.startWorker();
  const generation = await fleet.request(spent);
  await until(async () => (await fleet?.generationOf(generation.id))?.waiting !== null);
  await fleet.startWorker({ GEMINI_API_KEY: 'a-key-of-another-project' });
  const [published] = await fleet.until([generation], 'published');
  expect(published).toMatchObject({ author: 'gemini', fallback: null });
});
