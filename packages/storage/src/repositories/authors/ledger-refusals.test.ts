import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import type { Cap, Cooldown, LedgerRepository, PlannedCall } from '@texas-ai/life';
import { buildProfile, makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import { buildCall, buildProbe, fixedNow } from '../../../test/calls.js';
import { insertInFlight } from '../../../test/generations.js';

// The conditions that forbid a call. A forbidden call changes nothing.

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
  for (const table of ['spending', 'spending_shards', 'author_calls', 'author_holds']) {
    await db.database(table).delete();
  }
  generation = (await insertInFlight(db)).id;
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

describe('a cooldown', () => {
  const put = (cooldown: Partial<Cooldown> = {}) =>
    db.store.cooldowns.begin({
      author: 'gemini',
      fingerprint: 'a-key',
      code: 'author_rate_limited',
      reason: 'Too many calls.',
      until: now.add({ minutes: 5 }),
      ...cooldown,
    });

  test('forbids the calls of its key, with its end and reason', async () => {
    const call = buildCall(generation);
    const until = now.add({ minutes: 5 });
    await put({ until });
    const before = await traces(call);
    const result = await ledger.open(call);
    expect(result).toMatchObject({
      kind: 'cooling-down',
      cooldown: {
        author: 'gemini',
        fingerprint: 'a-key',
        code: 'author_rate_limited',
        reason: 'Too many calls.',
      },
    });
    expect(result.kind === 'cooling-down' && result.cooldown.until.equals(until)).toBe(true);
    expect(await traces(call)).toEqual(before);
  });

  test('of another key or author forbids nothing', async () => {
    await put({ fingerprint: 'another-key' });
    await put({ author: 'offline' });
    expect(await ledger.open(buildCall(generation))).toEqual(opened);
  });

  test('of a model forbids its calls, not those to other models of its key', async () => {
    await put({ code: 'author_model_unavailable', model: 'scripted', until: now });
    expect(await ledger.open(buildCall(generation))).toMatchObject({
      kind: 'cooling-down',
      cooldown: { code: 'author_model_unavailable', fingerprint: 'a-key', model: 'scripted' },
    });
    expect(await ledger.open(buildCall(generation, { model: 'another' }))).toEqual(opened);
  });

  test('that only a probe ends comes first', async () => {
    await put({ model: 'scripted' });
    await put({ code: 'author_balance_exhausted', until: now });
    const result = await ledger.open(buildCall(generation));
    expect(result).toMatchObject({
      kind: 'cooling-down',
      cooldown: { code: 'author_balance_exhausted' },
    });
  });

  test('does not forbid the probe that may end it', async () => {
    await put({ code: 'author_unauthorized' });
    expect(await ledger.open(buildProbe())).toEqual(opened);
  });

  test('of a quota expires; that of a refused key does not', async () => {
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

  test('cannot be opened by another worker until it ends', async () => {
    const mine = await ledger.open(call());
    const before = await traces(call());
    expect(await ledger.open(call())).toEqual({ kind: 'in-flight' });
    expect(await traces(call())).toEqual(before);
    if (mine.kind === 'opened') await ledger.close(mine.id, { outcome: 'aborted', usage: null });
    expect(await ledger.open(call())).toEqual(opened);
  });

  test('does not forbid another chapter, the plan or another generation', async () => {
    await ledger.open(call());
    expect(await ledger.open({ ...call(), chapter: 1 })).toEqual(opened);
    const plan = { ...call(), step: 'plan-day', chapter: null } as const;
    expect(await ledger.open(plan)).toEqual(opened);
    expect(await ledger.open(plan)).toEqual({ kind: 'in-flight' });
    const { id } = await insertInFlight(db);
    expect(await ledger.open({ ...call(), generationId: id })).toEqual(opened);
  });

  test('stays in flight while its lease is renewed, and can be opened again afterwards', async () => {
    const mine = await ledger.open(call());
    if (mine.kind !== 'opened') throw new Error('It was opened.');
    await runOut();
    await ledger.renewLease(mine.id, 3_600_000);
    expect(await ledger.open(call())).toEqual({ kind: 'in-flight' });
    await runOut();
    const taken = await ledger.open(call());
    expect(taken).toEqual(opened);
    // The first worker's lease cannot be renewed, should it be slow instead of dead.
    await ledger.renewLease(mine.id, 3_600_000);
    if (taken.kind === 'opened') await ledger.close(taken.id, { outcome: 'lost', usage: null });
    expect(await ledger.open(call())).toEqual(opened);
    // The lease of a closed call cannot be renewed.
    await ledger.close(mine.id, { outcome: 'lost', usage: null });
    await ledger.renewLease(mine.id, 3_600_000);
    await db.database('author_calls').whereNot({ id: mine.id }).delete();
    expect(await ledger.open(call())).toEqual(opened);
  });
});

describe('the calls of a generation', () => {
  test('are limited until a person resumes it', async () => {
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

describe('the provider’s daily quota', () => {
  const call = () =>
    buildCall(generation, { daily: { since: now.subtract({ hours: 6 }), max: 3 } });
  const earlier = (hours: number, entry: Record<string, unknown> = {}) =>
    db.database.raw(
      `UPDATE author_calls SET ${['opened_at = ?', ...Object.keys(entry).map((each) => `${each} = ?`)]}`,
      [now.subtract({ hours }).toString(), ...(Object.values(entry) as string[])],
    );

  test('counts all calls since its midnight, whatever their outcome', async () => {
    for (const outcome of ['answered', 'author_timeout', null]) {
      const one = await ledger.open(call());
      expect(one).toEqual(opened);
      if (one.kind === 'opened' && outcome) await ledger.close(one.id, { outcome, usage: null });
    }
    const before = await traces(call());
    expect(await ledger.open(call())).toEqual({ kind: 'daily-quota' });
    expect(await traces(call())).toEqual(before);
    // Without a quota, nothing is forbidden.
    expect(await ledger.open(buildCall(generation))).toEqual(opened);
  });

  test('belongs to one key', async () => {
    for (let calls = 0; calls < 3; calls++) await ledger.open(call());
    expect(await ledger.open(call())).toEqual({ kind: 'daily-quota' });
    expect(await ledger.open({ ...call(), fingerprint: 'another-key' })).toEqual(opened);
  });

  test('does not count calls of the day before or of another author', async () => {
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
      // The part of the expected cost that was not used is free again.
      const [one] = await db.database('author_calls').select('id');
      const usage = { inputTokens: 0, outputTokens: 0, money: 0 };
      await ledger.close(one.id, { outcome: 'answered', usage });
      expect(await ledger.open(call)).toEqual(opened);
    },
  );

  test('refuses a large call, not a smaller one that begins at the same moment', async () => {
    const budget = { everybody: day({ tokens: 2_500 }) };
    const small = buildCall(generation, { budget });
    const large = { ...small, chapter: 1, expected: { ...small.expected, inputTokens: 9_000 } };
    const other = { ...small, chapter: 2 };
    const all = await Promise.all([small, large, other].map((call) => ledger.open(call)));
    expect(all).toEqual([opened, expect.objectContaining({ kind: 'over-budget' }), opened]);
  });

  test('is full again on the next day of the budget’s time zone', async () => {
    const budget = { everybody: day({ tokens: 1_000 }) };
    const midnight = Temporal.Instant.from('2026-11-23T16:00:00Z');
    const before = buildCall(generation, { budget, now: midnight.subtract({ seconds: 1 }) });
    expect(await ledger.open(before)).toEqual(opened);
    expect(await ledger.open(before)).toMatchObject({ kind: 'over-budget' });
    expect(await ledger.open(buildCall(generation, { budget, now: midnight }))).toEqual(opened);
  });

  test('on money forbids a call with an unknown price; one on tokens does not', async () => {
    const expected = { inputTokens: 1, outputTokens: 1, money: null };
    const money = buildCall(generation, { expected, budget: { everybody: day({ money: 100 }) } });
    expect(await ledger.open(money)).toMatchObject({ kind: 'over-budget' });
    const tokens = buildCall(generation, { expected, budget: { everybody: day({ tokens: 9 }) } });
    expect(await ledger.open(tokens)).toEqual(opened);
  });

  test('smaller than one call forbids it', async () => {
    const call = buildCall(generation, {
      budget: { everybody: day({ tokens: 999 }) },
      now: fixedNow,
    });
    expect(await ledger.open(call)).toMatchObject({ kind: 'over-budget' });
    expect(await db.database('author_calls')).toEqual([]);
  });
});
