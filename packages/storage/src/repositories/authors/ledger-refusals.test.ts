import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import type { Cap, Cooldown, LedgerRepository, PlannedCall } from '@texas-ai/life';
import { buildProfile, makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import { buildCall, buildProbe, noon } from '../../../test/calls.js';
import { begin } from '../../../test/generations.js';

// What forbids a call. A call that is refused leaves no trace.

let db: TestDatabase;
let ledger: LedgerRepository;
let generation: string;
let now: Temporal.Instant;

beforeAll(async () => {
  db = await makeTestDatabase();
  ({ ledger } = db.store);
  await db.store.characters.synchronise([
    { profile: buildProfile('zh', { id: 'texas' }), hash: 'one' },
  ]);
});
afterAll(() => db.drop());
beforeEach(async () => {
  for (const table of ['spending', 'author_calls', 'author_holds']) {
    await db.database(table).delete();
  }
  generation = (await begin(db)).id;
  now = await db.store.now();
});

const opened = expect.objectContaining({ kind: 'opened' });
const none: Cap = { tokens: null, money: null };

async function traces(call: PlannedCall) {
  return [
    await db.database('author_calls').count(),
    [...(await ledger.spent(call.sums)).values()],
    (await db.store.generations.find(generation))?.usage,
  ];
}

describe('a hold', () => {
  const put = (cooldown: Partial<Cooldown> = {}) =>
    db.store.cooldowns.begin({
      author: 'gemini',
      fingerprint: 'a-key',
      code: 'author_rate_limited',
      reason: 'Too many calls.',
      until: now.add({ minutes: 5 }),
      ...cooldown,
    });

  test('forbids the calls of its key, and tells until when and why', async () => {
    const call = buildCall(generation);
    const until = now.add({ minutes: 5 });
    await put({ until });
    const before = await traces(call);
    const held = await ledger.open(call);
    expect(held).toMatchObject({
      kind: 'cooling-down',
      cooldown: {
        author: 'gemini',
        fingerprint: 'a-key',
        code: 'author_rate_limited',
        reason: 'Too many calls.',
      },
    });
    expect(held.kind === 'cooling-down' && held.cooldown.until.equals(until)).toBe(true);
    expect(await traces(call)).toEqual(before);
  });

  test('of another key, or of another author with it, forbids nothing', async () => {
    await put({ fingerprint: 'another-key' });
    await put({ author: 'offline' });
    expect(await ledger.open(buildCall(generation))).toEqual(opened);
  });

  test('of a model forbids the calls to it, and those to another model of its key do without', async () => {
    await put({ code: 'author_model_unavailable', model: 'scripted', until: now });
    expect(await ledger.open(buildCall(generation))).toMatchObject({
      kind: 'cooling-down',
      cooldown: { code: 'author_model_unavailable', fingerprint: 'a-key', model: 'scripted' },
    });
    expect(await ledger.open(buildCall(generation, { model: 'another' }))).toEqual(opened);
  });

  test('of the key counts before one of the model that ends by itself', async () => {
    await put({ model: 'scripted' });
    await put({ code: 'author_balance_exhausted', until: now });
    const held = await ledger.open(buildCall(generation));
    expect(held).toMatchObject({
      kind: 'cooling-down',
      cooldown: { code: 'author_balance_exhausted' },
    });
  });

  test('does not forbid the probe that may end it', async () => {
    await put({ code: 'author_unauthorized' });
    expect(await ledger.open(buildProbe())).toEqual(opened);
  });

  test('of a quota ends by itself; of a refused key it does not', async () => {
    const over = now.subtract({ seconds: 1 });
    await put({ until: over });
    expect(await ledger.open(buildCall(generation))).toEqual(opened);
    await put({ code: 'author_unauthorized', until: over });
    expect(await ledger.open(buildCall(generation))).toMatchObject({
      kind: 'cooling-down',
      cooldown: { code: 'author_unauthorized' },
    });
  });
});

describe('a call in flight', () => {
  const call = () => buildCall(generation, { leaseMs: 3_600_000 });
  const runOut = () =>
    db.database('author_calls').update({ leased_until: now.subtract({ hours: 1 }).toString() });

  test('is not made by another worker as well until it ends', async () => {
    const mine = await ledger.open(call());
    const before = await traces(call());
    expect(await ledger.open(call())).toEqual({ kind: 'in-flight' });
    expect(await traces(call())).toEqual(before);
    if (mine.kind === 'opened') await ledger.close(mine.id, { outcome: 'aborted', usage: null });
    expect(await ledger.open(call())).toEqual(opened);
  });

  test('forbids no other: neither another chapter, nor the plan, nor another generation', async () => {
    await ledger.open(call());
    expect(await ledger.open({ ...call(), chapter: 1 })).toEqual(opened);
    const plan = { ...call(), step: 'plan-day', chapter: null } as const;
    expect(await ledger.open(plan)).toEqual(opened);
    expect(await ledger.open(plan)).toEqual({ kind: 'in-flight' });
    const { id } = await begin(db);
    expect(await ledger.open({ ...call(), generationId: id })).toEqual(opened);
  });

  test('is one for as long as its lease is renewed: that of a dead worker is made again', async () => {
    const mine = await ledger.open(call());
    if (mine.kind !== 'opened') throw new Error('It was opened.');
    await runOut();
    await ledger.renewLease(mine.id, 3_600_000);
    expect(await ledger.open(call())).toEqual({ kind: 'in-flight' });
    await runOut();
    const taken = await ledger.open(call());
    expect(taken).toEqual(opened);
    // Nor is the first one's renewed, should its worker be slow and not dead.
    await ledger.renewLease(mine.id, 3_600_000);
    if (taken.kind === 'opened') await ledger.close(taken.id, { outcome: 'lost', usage: null });
    expect(await ledger.open(call())).toEqual(opened);
    // The lease of one that was closed is renewed by nobody.
    await ledger.close(mine.id, { outcome: 'lost', usage: null });
    await ledger.renewLease(mine.id, 3_600_000);
    await db.database('author_calls').whereNot({ id: mine.id }).delete();
    expect(await ledger.open(call())).toEqual(opened);
  });
});

describe('the calls of a generation', () => {
  test('are as many as it may make and no more, until a person resumes it', async () => {
    const call = buildCall(generation, { maxCalls: 2 });
    expect(await ledger.open(call)).toEqual(opened);
    expect(await ledger.open(call)).toEqual(opened);
    const before = await traces(call);
    expect(await ledger.open(call)).toEqual({ kind: 'too-many-calls' });
    expect(await traces(call)).toEqual(before);
    await db.database('generations').where({ id: generation }).update({ calls_before: 2 });
    expect(await ledger.open(call)).toEqual(opened);
  });
});

describe('the provider’s day', () => {
  const call = () =>
    buildCall(generation, { daily: { since: now.subtract({ hours: 6 }), max: 3 } });
  const earlier = (hours: number, entry: Record<string, unknown> = {}) =>
    db.database.raw(
      `UPDATE author_calls SET ${['opened_at = ?', ...Object.keys(entry).map((each) => `${each} = ?`)]}`,
      [now.subtract({ hours }).toString(), ...(Object.values(entry) as string[])],
    );

  test('has so many calls since its midnight, whatever became of them', async () => {
    for (const outcome of ['answered', 'author_timeout', null]) {
      const one = await ledger.open(call());
      expect(one).toEqual(opened);
      if (one.kind === 'opened' && outcome) await ledger.close(one.id, { outcome, usage: null });
    }
    const before = await traces(call());
    expect(await ledger.open(call())).toEqual({ kind: 'quota-of-the-day' });
    expect(await traces(call())).toEqual(before);
    // Where no quota is kept, none is spent.
    expect(await ledger.open(buildCall(generation))).toEqual(opened);
  });

  test('is that of one key: another has its own', async () => {
    for (let calls = 0; calls < 3; calls++) await ledger.open(call());
    expect(await ledger.open(call())).toEqual({ kind: 'quota-of-the-day' });
    expect(await ledger.open({ ...call(), fingerprint: 'another-key' })).toEqual(opened);
  });

  test('does not count the calls of the day before, nor those of another author', async () => {
    for (let calls = 0; calls < 3; calls++) await ledger.open(call());
    await earlier(7);
    for (let calls = 0; calls < 3; calls++) expect(await ledger.open(call())).toEqual(opened);
    await earlier(5, { author: 'offline' });
    expect(await ledger.open(call())).toEqual(opened);
  });
});

describe('a cap', () => {
  const day = (cap: Partial<Cap>) => ({ day: { ...none, ...cap }, month: none });
  const month = (cap: Partial<Cap>) => ({ day: none, month: { ...none, ...cap } });

  // Each call is expected to use 1,000 tokens for 0.01.
  test.each([
    ['tokens of everybody’s day', { everybody: day({ tokens: 2_999 }) }, '', 'day', '2026-11-23'],
    [
      'tokens of everybody’s month',
      { everybody: month({ tokens: 2_000 }) },
      '',
      'month',
      '2026-11-01',
    ],
    ['money of everybody’s day', { everybody: day({ money: 0.029999 }) }, '', 'day', '2026-11-23'],
    ['tokens of her day', { eachCharacter: day({ tokens: 2_999 }) }, 'texas', 'day', '2026-11-23'],
    [
      'money of her month',
      { eachCharacter: month({ money: 0.02 }) },
      'texas',
      'month',
      '2026-11-01',
    ],
  ] as const)(
    'on the %s is reached and never passed',
    async (_, budget, scope, period, startsOn) => {
      const call = buildCall(generation, { budget });
      expect(await ledger.open(call)).toEqual(opened);
      expect(await ledger.open(call)).toEqual(opened);
      const before = await traces(call);
      expect(await ledger.open(call)).toEqual({
        kind: 'over-budget',
        sum: { scope, period, startsOn },
      });
      expect(await traces(call)).toEqual(before);
      // What a call turned out not to need is there for the next one.
      const [one] = await db.database('author_calls').select('id');
      const usage = { inputTokens: 0, outputTokens: 0, money: 0 };
      await ledger.close(one.id, { outcome: 'answered', usage });
      expect(await ledger.open(call)).toEqual(opened);
    },
  );

  test('begins anew with the next day where the budget counts', async () => {
    const budget = { everybody: day({ tokens: 1_000 }) };
    const midnight = Temporal.Instant.from('2026-11-23T16:00:00Z');
    const before = buildCall(generation, { budget, now: midnight.subtract({ seconds: 1 }) });
    expect(await ledger.open(before)).toEqual(opened);
    expect(await ledger.open(before)).toMatchObject({ kind: 'over-budget' });
    expect(await ledger.open(buildCall(generation, { budget, now: midnight }))).toEqual(opened);
  });

  test('on money allows no call whose price is not known; one on tokens does', async () => {
    const expected = { inputTokens: 1, outputTokens: 1, money: null };
    const money = buildCall(generation, { expected, budget: { everybody: day({ money: 100 }) } });
    expect(await ledger.open(money)).toMatchObject({ kind: 'over-budget' });
    const tokens = buildCall(generation, { expected, budget: { everybody: day({ tokens: 9 }) } });
    expect(await ledger.open(tokens)).toEqual(opened);
  });

  test('that is smaller than a call allows none', async () => {
    const call = buildCall(generation, { budget: { everybody: day({ tokens: 999 }) }, now: noon });
    expect(await ledger.open(call)).toMatchObject({ kind: 'over-budget' });
    expect(await db.database('author_calls')).toEqual([]);
  });
});
