import { afterEach, expect, test } from '@jest/globals';
import { until } from '@texas-ai/testing';
import { startFleet, type TestFleet } from '../../test/test-fleet.js';

// An author that refuses to write, as whole workers meet it: the check at start, cooldowns and alerts.

let fleet: TestFleet | null = null;
afterEach(async () => {
  await fleet?.stop();
  fleet = null;
});

const withdrawn = 'gemini-2.5-flash';
const asksWithdrawn = { GEMINI_MODEL: withdrawn };

interface Told {
  kind: string;
  subject: string;
  code: string | null;
  count: number;
  level: string;
  over: boolean;
  message: string;
}
const toldOf = ({ webhook }: TestFleet) => webhook.requests.map(({ json }) => json as Told);

test('a model that is refused is found at start, told of once, and its days are written meanwhile', async () => {
  fleet = await startFleet();
  const { gemini, db } = fleet;
  gemini.refuse('newUser', withdrawn);
  const worker = await fleet.startWorker(asksWithdrawn);
  await until(async () => (await db.store.cooldowns.list()).length === 1);
  await until(() => fleet !== null && toldOf(fleet).length === 1);
  const [alert] = toldOf(fleet);
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
  // Nothing was asked but probes, and nobody was told anything else.
  expect(gemini.calls).toEqual([]);
  await until(() => gemini.probes() >= 3);
  expect(toldOf(fleet)).toHaveLength(1);
  expect(worker.logger.lines.filter(({ level }) => level === 'error')).toMatchObject([
    { message: 'author refuses to write' },
    { message: 'alert raised' },
  ]);

  gemini.refuse(null);
  await until(() => fleet !== null && toldOf(fleet).length === 2);
  expect(toldOf(fleet)[1]).toMatchObject({ kind: 'author_model_unavailable', over: true });
  const [later] = await fleet.until([await fleet.request(worker)], 'published');
  expect(later).toMatchObject({ author: 'gemini', fallback: null });
});

test('a refusal raises its alert at once, however seldom the fleet reconciles', async () => {
  fleet = await startFleet({ worker: { reconcileSeconds: 3600 } });
  const { gemini } = fleet;
  const worker = await fleet.startWorker();
  await fleet.until([await fleet.request(worker)], 'published');
  gemini.refuse('location');
  await fleet.request(worker);
  await until(() => fleet !== null && toldOf(fleet).length === 1);
  expect(toldOf(fleet)).toMatchObject([{ kind: 'author_location_unsupported', over: false }]);
});

test('another model of the same key is not held: it writes at once, also what waited', async () => {
  fleet = await startFleet({ authoring: { fallback: 'none' } });
  const { gemini, db } = fleet;
  gemini.refuse('retiredModel', withdrawn);
  const refused = await fleet.startWorker(asksWithdrawn);
  await until(async () => (await db.store.cooldowns.list()).length === 1);
  const waiting = await fleet.request(refused);
  await until(async () => (await fleet?.generationOf(waiting.id))?.waiting !== null);
  await refused.stop();

  const another = await fleet.startWorker({ GEMINI_MODEL: 'gemini-3.8-flash' });
  const asked = await fleet.request(another);
  await fleet.until([waiting, asked], 'published');
  expect(new Set(gemini.calls.map(({ model }) => model))).toEqual(new Set(['gemini-3.8-flash']));
  // Nobody asks for the old one any more: its trouble is over.
  await until(async () => (await db.store.cooldowns.list()).length === 0);
  await until(async () => {
    const alerts = await db.database('alerts').select('kind', 'recovered_at');
    return alerts.length === 1 && alerts[0].recovered_at !== null;
  });
});

test('going back to a model that works uses it, whatever was refused in between', async () => {
  fleet = await startFleet();
  const { gemini, db } = fleet;
  const first = await fleet.startWorker();
  await fleet.until([await fleet.request(first)], 'published');
  await first.stop();
  gemini.refuse('retiredModel', withdrawn);
  const mistaken = await fleet.startWorker(asksWithdrawn);
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

test('a fleet that starts at once, and again, makes one check', async () => {
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
] as const)('%s is a trouble of its own kind: %s', async (refusal, kind, subject, advice) => {
  fleet = await startFleet();
  fleet.gemini.refuse(refusal);
  await fleet.startWorker();
  await until(() => fleet !== null && toldOf(fleet).length === 1);
  expect(toldOf(fleet)).toMatchObject([
    {
      kind,
      code: kind,
      level: 'error',
      subject: expect.stringMatching(subject),
      message: expect.stringMatching(advice),
    },
  ]);
});

test('a price that is not known is told by generation and metrics, and is not zero', async () => {
  fleet = await startFleet();
  const worker = await fleet.startWorker({ GEMINI_MODEL: 'a-model-of-tomorrow' });
  const [day] = await fleet.until([await fleet.request(worker)], 'published');
  expect(day?.usage).toMatchObject({ calls: 5, cost: null, unpricedCalls: 5 });
  expect(day?.usage.inputTokens).toBeGreaterThan(0);
  expect(await worker.deps.metrics.text()).toMatch(
    /texas_author_unpriced_calls_total\{.*model="a-model-of-tomorrow".*\} [1-9]/,
  );

  // The same model, where the answer names one that has a price.
  fleet.gemini.serveAs('gemini-3.5-flash-lite');
  const [priced] = await fleet.until([await fleet.request(worker)], 'published');
  if (!priced) throw new Error('One was asked for.');
  const { inputTokens, outputTokens, cost, unpricedCalls } = priced.usage;
  expect(unpricedCalls).toBe(0);
  expect(cost).toBeCloseTo((inputTokens * 0.3 + outputTokens * 2.5) / 1e6, 11);
});
