import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import { type LedgerRepository, type PlannedCall, sumName } from '@texas-ai/life';
import { buildProfile, makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import { buildCall, buildProbe } from '../../../test/calls.js';
import { insertInFlight } from '../../../test/generations.js';

let db: TestDatabase;
let ledger: LedgerRepository;

beforeAll(async () => {
  db = await makeTestDatabase();
  ({ ledger } = db.store);
  await db.store.characters.synchronise(
    ['texas', 'lin'].map((id) => ({ profile: buildProfile('zh', { id }), hash: id })),
  );
});
afterAll(() => db.drop());
beforeEach(async () => {
  await db.database('spending').delete();
  await db.database('spending_shards').delete();
  await db.database('author_calls').delete();
});

const usage = { inputTokens: 30, outputTokens: 12, money: 0.002 };

async function open(call: PlannedCall): Promise<string> {
  const opened = await ledger.open(call);
  if (opened.kind !== 'opened') throw new Error(`The call is ${opened.kind}.`);
  return opened.id;
}

/** Tokens and money of the call's sums: its character's by day and month, then the overall ones. */
async function spentOf({ sums }: PlannedCall): Promise<number[][]> {
  const spent = await ledger.spent(sums);
  return sums.map((sum) => Object.values(spent.get(sumName(sum)) ?? {}));
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);
const entries = () => db.database('author_calls').orderBy('opened_at');
const hoursAgo = async (hours: number) => (await db.store.now()).subtract({ hours });
const openedAt = (id: string, at: Temporal.Instant) =>
  db.database('author_calls').where({ id }).update({ opened_at: at.toString() });

describe('a call', () => {
  test('counts at its expected cost as soon as it is opened', async () => {
    const { id } = await insertInFlight(db);
    const call = buildCall(id, { step: 'plan-day', chapter: null });
    expect(await spentOf(call)).toEqual(times(4, []));
    await open(call);
    expect(await spentOf(call)).toEqual(times(4, [1_000, 0.01]));
    expect(await entries()).toMatchObject([
      {
        generation_id: id,
        character_id: 'texas',
        date: '2026-11-24',
        spent_on: '2026-11-23',
        step: 'plan-day',
        chapter: null,
        author: 'gemini',
        model: 'scripted',
        outcome: 'open',
        closed_at: null,
      },
    ]);
    // It is added to the generation when it is closed.
    expect(await db.store.generations.find(id)).toMatchObject({
      usage: { calls: 0, inputTokens: 0, outputTokens: 0, cost: 0 },
    });
  });

  test('is corrected to its usage when it is closed', async () => {
    const { id } = await insertInFlight(db);
    const call = buildCall(id);
    const [first, second] = [await open(call), await open(call)];
    await ledger.close(first, { outcome: 'answered', usage });
    expect(await spentOf(call)).toEqual(times(4, [1_042, 0.012]));
    await ledger.close(second, { outcome: 'answered', usage: { ...usage, inputTokens: 5_000 } });
    expect(await spentOf(call)).toEqual(times(4, [5_054, 0.004]));
    expect(await db.store.generations.find(id)).toMatchObject({
      usage: { calls: 2, inputTokens: 5_030, outputTokens: 24, cost: 0.004 },
    });
  });

  test('without a known usage stays at its expected cost', async () => {
    const { id } = await insertInFlight(db);
    const call = buildCall(id);
    await ledger.close(await open(call), { outcome: 'author_timeout', usage: null });
    expect(await spentOf(call)).toEqual(times(4, [1_000, 0.01]));
    expect(await entries()).toMatchObject([{ outcome: 'author_timeout', input_tokens: 600 }]);
    expect(await db.store.generations.find(id)).toMatchObject({
      usage: { calls: 1, inputTokens: 600, outputTokens: 400, cost: 0.01 },
    });
  });

  test('that was not billed gives its expected cost back', async () => {
    const call = buildCall((await insertInFlight(db)).id);
    const nothing = { inputTokens: 0, outputTokens: 0, money: 0 };
    await ledger.close(await open(call), { outcome: 'author_http_error', usage: nothing });
    expect(await spentOf(call)).toEqual(times(4, [0, 0]));
  });

  test('is closed once; closing it again changes nothing', async () => {
    const { id } = await insertInFlight(db);
    const call = buildCall(id);
    const entry = await open(call);
    await ledger.close(entry, { outcome: 'answered', usage });
    const before = [await entries(), await spentOf(call), await db.store.generations.find(id)];
    await ledger.close(entry, { outcome: 'lost', usage: null });
    await ledger.close(entry, { outcome: 'answered', usage: { ...usage, inputTokens: 9_000 } });
    expect([await entries(), await spentOf(call), await db.store.generations.find(id)]).toEqual(
      before,
    );
  });

  test('counts on the day and in the month in which it was opened, however late it ends', async () => {
    const { id } = await insertInFlight(db);
    // The last minute of November in Shanghai, and the first of December.
    const november = buildCall(id, { now: Temporal.Instant.from('2026-11-30T15:59:00Z') });
    const december = buildCall(id, { now: Temporal.Instant.from('2026-11-30T16:00:00Z') });
    expect(december.sums.map(({ startsOn }) => startsOn)).toEqual(times(4, '2026-12-01'));
    const entry = await open(november);
    await open(december);
    await ledger.close(entry, { outcome: 'answered', usage });
    expect(await spentOf(november)).toEqual(times(4, [42, 0.002]));
    expect(await spentOf(december)).toEqual(times(4, [1_000, 0.01]));
  });

  test('adds to the sums of its own character and to the overall ones', async () => {
    const mine = buildCall((await insertInFlight(db)).id);
    const other = buildCall((await insertInFlight(db, 'lin')).id, { character: 'lin' });
    await open(mine);
    await ledger.close(await open(other), { outcome: 'answered', usage });
    const [own, all] = [
      [42, 0.002],
      [1_042, 0.012],
    ];
    expect(await spentOf(other)).toEqual([own, own, all, all]);
  });
});

test('calls whose worker died are closed as lost, at their expected cost', async () => {
  const { id } = await insertInFlight(db);
  const call = buildCall(id);
  const [lost, underWay] = [await open(call), await open(call)];
  const closed = await open(call);
  await ledger.close(closed, { outcome: 'answered', usage });
  const hourAgo = (await db.store.now()).subtract({ hours: 1 });
  for (const entry of [lost, closed]) await openedAt(entry, hourAgo.subtract({ hours: 1 }));
  expect(await ledger.closeLost(hourAgo)).toBe(1);
  expect(await ledger.closeLost(hourAgo)).toBe(0);
  const outcomes = (await entries()).map((entry) => [entry.id, entry.outcome]);
  expect(Object.fromEntries(outcomes)).toEqual({
    [lost]: 'lost',
    [underWay]: 'open',
    [closed]: 'answered',
  });
  expect(await spentOf(call)).toEqual(times(4, [2_042, 0.022]));
  // The worker was alive after all, but the entry is already closed.
  await ledger.close(lost, { outcome: 'answered', usage });
  expect(await spentOf(call)).toEqual(times(4, [2_042, 0.022]));
});

describe('an unknown price', () => {
  const unpriced = { inputTokens: 600, outputTokens: 400, money: null };

  test('is null in the ledger, zero in the sums, and counted for its generation', async () => {
    const { id } = await insertInFlight(db);
    const call = buildCall(id, { expected: unpriced });
    await ledger.close(await open(call), { outcome: 'answered', usage: { ...usage, money: null } });
    expect(await entries()).toMatchObject([{ cost: null, input_tokens: 30 }]);
    expect(await spentOf(call)).toEqual(times(4, [42, 0]));
    const cost = async () => (await db.store.generations.find(id))?.usage;
    expect(await cost()).toMatchObject({ cost: null, unpricedCalls: 1 });
    await ledger.close(await open(buildCall(id)), { outcome: 'answered', usage });
    expect(await cost()).toMatchObject({ cost: 0.002, unpricedCalls: 1 });
    expect(await spentOf(call)).toEqual(times(4, [84, 0.002]));
  });

  test('does not matter for a refused call, which cost nothing', async () => {
    const { id } = await insertInFlight(db);
    const nothing = { inputTokens: 0, outputTokens: 0, money: 0 };
    const opened = await open(buildCall(id, { expected: unpriced }));
    await ledger.close(opened, { outcome: 'author_model_unavailable', usage: nothing });
    const found = await db.store.generations.find(id);
    expect(found?.usage).toMatchObject({ cost: 0, unpricedCalls: 0 });
  });

  test('of a lost call stays unknown', async () => {
    const { id } = await insertInFlight(db);
    await openedAt(await open(buildCall(id, { expected: unpriced })), await hoursAgo(2));
    await ledger.closeLost(await hoursAgo(1));
    const found = await db.store.generations.find(id);
    expect(found?.usage).toMatchObject({ cost: null, unpricedCalls: 1 });
  });
});

test('money is exact down to a single token of the cheapest model', async () => {
  const { id } = await insertInFlight(db);
  const call = buildCall(id, { expected: { inputTokens: 1, outputTokens: 0, money: 0.000_000_3 } });
  for (let calls = 0; calls < 3; calls++) {
    const used = { inputTokens: 1, outputTokens: 0, money: 0.000_000_1 };
    await ledger.close(await open(call), { outcome: 'answered', usage: used });
  }
  expect(await spentOf(call)).toEqual(times(4, [3, 0.000_000_3]));
  expect((await db.store.generations.find(id))?.usage.cost).toBe(0.000_000_3);
});

test('a call keeps both the requested and the priced model', async () => {
  const { id } = await insertInFlight(db);
  const opened = await open(buildCall(id, { model: 'gemini-2.5-flash' }));
  await ledger.close(opened, { outcome: 'answered', usage, pricedModel: 'gemini-3.5-flash-lite' });
  const [row] = await ledger.costs({ from: '2026-11-23', to: '2026-11-23' });
  expect(row).toMatchObject({ model: 'gemini-3.5-flash-lite', money: 0.002 });
  expect(await entries()).toMatchObject([{ model: 'gemini-2.5-flash' }]);
});

describe('a probe', () => {
  test('belongs to no character and counts in the overall sums', async () => {
    const probe = buildProbe();
    const opened = await open(probe);
    expect(await spentOf(probe)).toEqual(times(2, [30, 0.000_01]));
    await ledger.close(opened, {
      outcome: 'answered',
      usage: { inputTokens: 12, outputTokens: 3, money: 0.000_02 },
    });
    expect(await spentOf(probe)).toEqual(times(2, [15, 0.000_02]));
    const rows = await ledger.costs({ from: '2026-11-23', to: '2026-11-23' });
    expect(rows).toMatchObject([{ step: 'probe', calls: 1, money: 0.000_02 }]);
  });

  test('does not affect the average generation', async () => {
    const opened = await open(buildProbe());
    await ledger.close(opened, { outcome: 'answered', usage });
    expect(await ledger.averageGeneration('gemini', await hoursAgo(24))).toBeNull();
  });
});

test('lastCalls returns the last calls of one key and model', async () => {
  const access = { author: 'gemini', fingerprint: 'a-key', model: 'scripted' } as const;
  const since = await hoursAgo(1);
  const last = async () => {
    const { madeAt, answeredAt } = await ledger.lastCalls(access, since);
    return [madeAt !== null, answeredAt !== null];
  };
  const { id } = await insertInFlight(db);
  await open(buildCall(id, { fingerprint: 'another-key' }));
  await open(buildCall(id, { model: 'another' }));
  await openedAt(await open(buildCall(id)), await hoursAgo(2));
  expect(await last()).toEqual([false, false]);
  await ledger.close(await open(buildCall(id)), { outcome: 'author_timeout', usage: null });
  expect(await last()).toEqual([true, false]);
  await ledger.close(await open(buildProbe()), { outcome: 'answered', usage });
  expect(await last()).toEqual([true, true]);
});
