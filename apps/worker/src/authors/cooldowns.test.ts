import { afterEach, expect, test } from '@jest/globals';
import { until } from '@texas-ai/testing';
import { goodKey, startFleet, type TestFleet } from '../../test/test-fleet.js';

// Complete workers, wired as in production, on real servers.

let fleet: TestFleet | null = null;

/** Long enough for a cooldown of the key; an exhausted daily quota may end soon, at Gemini's midnight. */
const longCooldown = '3600s';
afterEach(async () => {
  await fleet?.stop();
  fleet = null;
});

/** The alerts in the database, and the messages that were sent. */
async function alertsOf({ db, webhook }: TestFleet) {
  const alerts: { kind: string; count: number; recovered_at: unknown }[] = await db
    .database('alerts')
    .orderBy('opened_at');
  const messages = webhook.requests.map(({ json }) => json as { title: string; over: boolean });
  return { alerts, messages };
}

/** Resolves once the started worker has made its check. */
async function startCheckMade({ db }: TestFleet): Promise<void> {
  const probes = () => db.database('author_calls').where({ step: 'probe', outcome: 'answered' });
  await until(async () => (await probes()).length === 1);
}

test('a 429 pauses all workers for as long as it says, and does not count as a try', async () => {
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
  // From here on, every worker can know of the cooldown.
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

test('a refused key fails one day, holds the others back, alerts once, and is probed until it works', async () => {
  fleet = await startFleet({ authoring: { fallback: 'none' } });
  const { gemini, webhook } = fleet;
  const worker = await fleet.startWorker({ WORKER_CONCURRENCY: '1' });
  await startCheckMade(fleet);
  gemini.expectKey('another-key');
  const generations = [];
  for (let count = 0; count < 5; count++) generations.push(await fleet.request(worker));
  const [failing, ...rest] = generations;
  if (!failing) throw new Error('There are five.');
  await fleet.until([failing], 'failed');
  expect((await fleet.generationOf(failing.id)).error?.code).toBe('author_unauthorized');
  await until(() => gemini.probes() >= 3);
  expect(gemini.calls).toHaveLength(1);
  const waitingOnes = await Promise.all(rest.map(({ id }) => fleet?.generationOf(id)));
  expect(waitingOnes.map((each) => [each?.status, each?.waiting?.reason])).toEqual(
    rest.map(() => [expect.stringMatching(/queued|planning/), expect.any(String)]),
  );
  await until(() => webhook.requests.length >= 1);

  gemini.expectKey(goodKey);
  await fleet.until(rest, 'published');
  await until(() => webhook.requests.length >= 2);
  const { alerts, messages } = await alertsOf(fleet);
  const refused = alerts.filter(({ kind }) => kind === 'author_unauthorized');
  expect(refused).toHaveLength(1);
  expect(refused[0]?.recovered_at).not.toBeNull();
  expect(
    messages.filter(({ title }) => title.includes('refuses the API key')).map(({ over }) => over),
  ).toEqual([false, true]);
  expect(JSON.stringify(webhook.requests)).not.toContain(goodKey);

  // The failed generation is resumed when it is requested again.
  await fleet.requestAgain(worker, failing);
  await fleet.until([failing], 'published');
});

test('another key is not affected, and its worker takes over', async () => {
  fleet = await startFleet({ authoring: { fallback: 'none' } });
  const refused = await fleet.startWorker({ WORKER_CONCURRENCY: '1' });
  await startCheckMade(fleet);
  fleet.gemini.expectKey('key-that-works-123');
  const first = await fleet.request(refused);
  const second = await fleet.request(refused);
  await fleet.until([first], 'failed');
  await fleet.startWorker({ GEMINI_API_KEY: 'key-that-works-123' });
  await fleet.until([second], 'published');
  const { db } = fleet;
  expect(await db.store.cooldowns.list()).toHaveLength(1);

  // No worker has the refused key any more, so its alert recovers.
  await refused.stop();
  const refusalAlerts = () =>
    db.database('alerts').where({ kind: 'author_unauthorized' }).select('recovered_at');
  await until(async () => (await refusalAlerts()).every((each) => each.recovered_at !== null));
  expect(await refusalAlerts()).toHaveLength(1);
  expect(await db.store.cooldowns.list()).toEqual([]);
});

test('a day still waiting before the character wakes falls back, and is rewritten later', async () => {
  fleet = await startFleet({ authoring: { rewriteFallback: true }, retryDelay: longCooldown });
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
    const day = await db.store.days.find('texas', generation.date);
    return day?.generation.author === 'gemini';
  });
  const day = await db.store.days.find('texas', generation.date);
  expect(day?.generation.fallback).toBeNull();
});

test('a new key ends the long cooldown of another', async () => {
  fleet = await startFleet({ retryDelay: longCooldown });
  const { gemini } = fleet;
  gemini.behaveBy(({ apiKey }) => (apiKey === goodKey ? 'rateLimited' : 'ok'));
  const spent = await fleet.startWorker();
  const generation = await fleet.request(spent);
  await until(async () => (await fleet?.generationOf(generation.id))?.waiting !== null);
  await fleet.startWorker({ GEMINI_API_KEY: 'a-key-of-another-project' });
  const [published] = await fleet.until([generation], 'published');
  expect(published).toMatchObject({ author: 'gemini', fallback: null });
});
