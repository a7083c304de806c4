import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Temporal } from '@texas-ai/kernel';
import { type LedgerRepository, type PlannedCall, sumsOf } from '@texas-ai/life';
import { buildBudget, buildProfile, makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import { buildCall, fixedNow } from '../../../test/calls.js';
import { insertInFlight } from '../../../test/generations.js';
import { makeStore } from '../../store.js';

let db: TestDatabase;
let ledger: LedgerRepository;
let fortnight: Temporal.Instant;

beforeAll(async () => {
  db = await makeTestDatabase();
  ({ ledger } = db.store);
  fortnight = (await db.store.now()).subtract({ hours: 24 * 14 });
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

/** A call that used this number of tokens for this amount. */
async function call(planned: PlannedCall, tokens: number, money: number): Promise<string> {
  const opened = await ledger.open(planned);
  if (opened.kind !== 'opened') throw new Error(`The call is ${opened.kind}.`);
  const usage = { inputTokens: tokens - 1, outputTokens: 1, money };
  await ledger.close(opened.id, { outcome: 'answered', usage });
  return opened.id;
}

async function finished(fields: object = {}): Promise<string> {
  const { id } = await insertInFlight(db);
  const whole = {
    brief: '{}',
    chapters_total: 1,
    chapters_written: 1,
    finished_at: db.database.fn.now(),
  };
  await db
    .database('generations')
    .where({ id })
    .update({ ...whole, status: 'published', ...fields });
  return id;
}

/** Of a ledger that has not computed it before. */
const average = () => makeStore(db.database).ledger.averageGeneration('gemini', fortnight);

describe('the average generation', () => {
  test('is null without any generation of this author since then', async () => {
    expect(await average()).toBeNull();
    const old = await call(buildCall(await finished()), 900, 1);
    const before = fortnight.subtract({ seconds: 1 }).toString();
    await db.database('author_calls').where({ id: old }).update({ opened_at: before });
    await call(buildCall(await finished(), { author: 'offline' }), 900, 1);
    expect(await average()).toBeNull();
  });

  test('sums the calls of each generation', async () => {
    const [one, other] = [await finished(), await finished()];
    for (const tokens of [100, 200, 300]) await call(buildCall(one), tokens, 0.5);
    await call(buildCall(other), 1_000, 0.1);
    // Each call has one token of output.
    expect(await average()).toEqual({
      inputTokens: expect.closeTo(798),
      outputTokens: expect.closeTo(2),
    });
  });

  test('leaves out generations in flight', async () => {
    const underWay = await insertInFlight(db);
    await call(buildCall(underWay.id), 10, 0.01);
    expect(await average()).toBeNull();
    await call(buildCall(await finished()), 1_000, 1);
    expect(await average()).toEqual({
      inputTokens: 999,
      outputTokens: 1,
    });
  });
});

test('the average generation leaves out failed and fallen-back generations', async () => {
  const cutShort = [
    { status: 'failed', error_code: 'author_timeout' },
    { status: 'cancelled' },
    { author: 'offline', fallback_from: 'gemini', fallback_code: 'author_blocked' },
  ];
  for (const fields of cutShort) await call(buildCall(await finished(fields)), 10, 0.01);
  expect(await average()).toBeNull();
});

test('the amount still to spend is the unspent part of each generation in flight', async () => {
  await db.database('generations').delete();
  expect(await ledger.stillToSpend('gemini', { tokens: 100, money: 1 })).toEqual({
    tokens: 0,
    money: 0,
  });
  const [begun, dear] = [
    await insertInFlight(db),
    await insertInFlight(db),
    await insertInFlight(db),
  ];
  await finished();
  for (const money of [0.1, 0.2]) await call(buildCall(begun.id), 20, money);
  // A generation that exceeded its share does not reduce the others'.
  await call(buildCall(dear.id), 1_000, 10);
  expect(await ledger.stillToSpend('gemini', { tokens: 100, money: 1 })).toEqual({
    tokens: 60 + 0 + 100,
    money: expect.closeTo(0.7 + 0 + 1),
  });
  expect((await ledger.stillToSpend('offline', { tokens: 100, money: 1 })).tokens).toBe(0);
});

describe('spending', () => {
  test('is returned by sum, without the sums that have no call', async () => {
    const mine = buildCall((await insertInFlight(db)).id);
    await call(mine, 50, 0.25);
    const december = sumsOf(buildBudget(), 'texas', fixedNow.add({ hours: 24 * 10 }));
    const spent = await ledger.spent([...mine.sums, ...mine.sums, ...december]);
    expect(Object.fromEntries(spent)).toEqual({
      'texas day 2026-11-23': { tokens: 50, money: 0.25 },
      'texas month 2026-11-01': { tokens: 50, money: 0.25 },
      ' day 2026-11-23': { tokens: 50, money: 0.25 },
      ' month 2026-11-01': { tokens: 50, money: 0.25 },
    });
    expect(await ledger.spent([])).toEqual(new Map());
  });

  test('is reported by day, author, model and step, for all characters or one', async () => {
    const texas = (await insertInFlight(db)).id;
    const lin = (await insertInFlight(db, 'lin')).id;
    const next = fixedNow.add({ hours: 24 });
    await call(buildCall(texas, { step: 'plan-day', chapter: null }), 10, 0.01);
    await call(buildCall(texas), 20, 0.02);
    await call(buildCall(lin, { character: 'lin' }), 30, 0.04);
    await call(buildCall(texas, { model: 'larger' }), 40, 0.08);
    await call(buildCall(texas, { now: next }), 50, 0.16);
    await call(buildCall(texas, { now: next.add({ hours: 24 }) }), 60, 0.32);
    const days = { from: '2026-11-23', to: '2026-11-24' };
    const row = (more: object) => ({
      date: '2026-11-23',
      author: 'gemini',
      model: 'scripted',
      step: 'write-chapter',
      calls: 1,
      outputTokens: 1,
      unpricedCalls: 0,
      ...more,
    });
    const larger = row({ model: 'larger', inputTokens: 39, money: 0.08 });
    const plan = row({ step: 'plan-day', inputTokens: 9, money: 0.01 });
    const tomorrow = row({ date: '2026-11-24', inputTokens: 49, money: 0.16 });
    expect(await ledger.costs(days)).toEqual([
      larger,
      plan,
      row({ calls: 2, inputTokens: 48, outputTokens: 2, money: 0.06 }),
      tomorrow,
    ]);
    expect(await ledger.costs({ ...days, character: 'texas' })).toEqual([
      larger,
      plan,
      row({ inputTokens: 19, money: 0.02 }),
      tomorrow,
    ]);
    expect(await ledger.costs({ from: '2026-11-25', to: '2026-11-25' })).toMatchObject([
      { date: '2026-11-25', inputTokens: 59 },
    ]);
    expect(await ledger.costs({ from: '2026-11-24', to: '2026-11-23' })).toEqual([]);
  });
});
