import { afterEach, expect, test } from '@jest/globals';
import { until } from '@texas-ai/testing';
import { startFleet, type TestFleet } from '../../test/test-fleet.js';

// Complete workers with an author that refuses calls: the check at start, cooldowns and alerts.

let fleet: TestFleet | null = null;
afterEach(async () => {
  await fleet?.stop();
  fleet = null;
});

const withdrawn = 'gemini-2.5-flash';
const usesWithdrawn = { GEMINI_MODEL: withdrawn };

interface SentAlert {
  kind: string;
  subject: string;
  code: string | null;
  count: number;
  level: string;
  over: boolean;
  message: string;
}
const sentAlerts = ({ webhook }: TestFleet) =>
  webhook.requests.map(({ json }) => json as SentAlert);

test('a refused model is found at start and alerted once, and its days fall back', async () => {
  fleet = await startFleet();
  const { gemini, db } = fleet;
  gemini.refuse('newUser', withdrawn);
  const worker = await fleet.startWorker(usesWithdrawn);
  await until(async () => (await db.store.cooldowns.list()).length === 1);
  await until(() => fleet !== null && sentAlerts(fleet).length === 1);
  const [alert] = sentAlerts(fleet);
  expect(alert).toMatchObject({
    kind: 'author_model_unavailable',
    code: 'author_model_unavailable',
    subject: expect.stringMatching(/^gemini [0-9a-f]{12} gemini-2\.5-flash$/),
    count: 1,
    level: 'error',
    over: false,
  });
  expect(alert?.message).toMatch(
    /no longer available to new users.*set GEMINI_MODEL to one of them/,
  );

  const days = [await fleet.request(worker), await fleet.request(worker)];
  const published = await fleet.until(days, 'published');
  for (const { author, fallback } of published) {
    expect(author).toBe('offline');
    expect(fallback).toEqual({
      from: 'gemini',
      to: 'offline',
      code: 'author_model_unavailable',
      reason: expect.stringContaining(`“${withdrawn}”`),
    });
  }
  // Only probes were made, and no other alert was sent.
  expect(gemini.calls).toEqual([]);
  await until(() => gemini.probes() >= 3);
  expect(sentAlerts(fleet)).toHaveLength(1);
  expect(worker.logger.lines.filter(({ level }) => level === 'error')).toMatchObject([
    { message: 'author refuses calls' },
    { message: 'alert raised' },
  ]);

  gemini.refuse(null);
  await until(() => fleet !== null && sentAlerts(fleet).length === 2);
  expect(sentAlerts(fleet)[1]).toMatchObject({ kind: 'author_model_unavailable', over: true });
  const [later] = await fleet.until([await fleet.request(worker)], 'published');
  expect(later).toMatchObject({ author: 'gemini', fallback: null });
});

test('a refusal raises its alert at once, whatever the reconcile interval', async () => {
  fleet = await startFleet({ worker: { reconcileSeconds: 3600 } });
  const { gemini } = fleet;
  const worker = await fleet.startWorker();
  await fleet.until([await fleet.request(worker)], 'published');
  gemini.refuse('location');
  await fleet.request(worker);
  await until(() => fleet !== null && sentAlerts(fleet).length === 1);
  expect(sentAlerts(fleet)).toMatchObject([{ kind: 'author_location_unsupported', over: false }]);
});

test('another model of the same key writes at once, including the waiting days', async () => {
  fleet = await startFleet({ authoring: { fallback: 'none' } });
  const { gemini, db } = fleet;
  gemini.refuse('retiredModel', withdrawn);
  const refused = await fleet.startWorker(usesWithdrawn);
  await until(async () => (await db.store.cooldowns.list()).length === 1);
  const waiting = await fleet.request(refused);
  await until(async () => (await fleet?.generationOf(waiting.id))?.waiting !== null);
  await refused.stop();

  const another = await fleet.startWorker({ GEMINI_MODEL: 'gemini-3.8-flash' });
  const requested = await fleet.request(another);
  await fleet.until([waiting, requested], 'published');
  expect(new Set(gemini.calls.map(({ model }) => model))).toEqual(new Set(['gemini-3.8-flash']));
  // No worker uses the old model any more, so its alert recovers.
  await until(async () => (await db.store.cooldowns.list()).length === 0);
  await until(async () => {
    const alerts = await db.database('alerts').select('kind', 'recovered_at');
    return alerts.length === 1 && alerts[0].recovered_at !== null;
  });
});

test('going back to a working model uses it at once', async () => {
  fleet = await startFleet();
  const { gemini, db } = fleet;
  const first = await fleet.startWorker();
  await fleet.until([await fleet.request(first)], 'published');
  await first.stop();
  gemini.refuse('retiredModel', withdrawn);
  const mistaken = await fleet.startWorker(usesWithdrawn);
  await until(() => db.store.cooldowns.isRefused('gemini'));
  await mistaken.stop();
  await db
    .database('author_holds')
    .update({ since: db.database.raw(`now() - interval '1 minute'`) });

  const back = await fleet.startWorker();
  const [day] = await fleet.until([await fleet.request(back)], 'published');
  expect(day).toMatchObject({ author: 'gemini', fallback: null });
  expect(await db.store.cooldowns.isRefused('gemini')).toBe(false);
});

test('a fleet that starts and restarts makes one check', async () => {
  fleet = await startFleet();
  const workers = await Promise.all([1, 2, 3].map(() => fleet?.startWorker()));
  const { gemini, db } = fleet;
  const answered = async () =>
    db.database('author_calls').where({ step: 'probe', outcome: 'answered' });
  await until(async () => (await answered()).length > 0);
  await workers[0]?.stop();
  const next = await fleet.startWorker();
  await fleet.until([await fleet.request(next)], 'published');
  expect(gemini.probes()).toBe(1);
  const [probe] = await answered();
  expect(probe).toMatchObject({ generation_id: null, character_id: null, author: 'gemini' });
  expect(Number(probe.cost)).toBeGreaterThan(0);
});

test.each([
  ['leakedKey', 'author_unauthorized', /^gemini [0-9a-f]{12}$/, /reported as leaked/],
  ['noFreeQuota', 'author_quota_unavailable', /gemini-3\.5-flash-lite$/, /Enable billing/],
  ['spendingCap', 'author_balance_exhausted', /^gemini [0-9a-f]{12}$/, /raise the spending cap/],
  ['location', 'author_location_unsupported', /^gemini [0-9a-f]{12}$/, /Run the workers where/],
] as const)('%s raises its own kind of alert: %s', async (refusal, kind, subject, advice) => {
  fleet = await startFleet();
  fleet.gemini.refuse(refusal);
  await fleet.startWorker();
  await until(() => fleet !== null && sentAlerts(fleet).length === 1);
  expect(sentAlerts(fleet)).toMatchObject([
    {
      kind,
      code: kind,
      level: 'error',
      subject: expect.stringMatching(subject),
      message: expect.stringMatching(advice),
    },
  ]);
});

test('an unknown price is null in the generation, and counted by the metrics', async () => {
  fleet = await startFleet();
  const worker = await fleet.startWorker({ GEMINI_MODEL: 'a-model-of-tomorrow' });
  const [day] = await fleet.until([await fleet.request(worker)], 'published');
  expect(day?.usage).toMatchObject({ calls: 5, cost: null, unpricedCalls: 5 });
  expect(day?.usage.inputTokens).toBeGreaterThan(0);
  expect(await worker.deps.metrics.text()).toMatch(
    /texas_author_unpriced_calls_total\{.*model="a-model-of-tomorrow".*\} [1-9]/,
  );

  // The same model, but the response names one with a known price.
  fleet.gemini.serveAs('gemini-3.5-flash-lite');
  const [priced] = await fleet.until([await fleet.request(worker)], 'published');
  if (!priced) throw new Error('One was requested.');
  const { inputTokens, outputTokens, cost, unpricedCalls } = priced.usage;
  expect(unpricedCalls).toBe(0);
  expect(cost).toBeCloseTo((inputTokens * 0.3 + outputTokens * 2.5) / 1e6, 11);
});
