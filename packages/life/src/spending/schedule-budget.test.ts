import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { buildBudget, makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import {
  clearCharacters,
  insertCharacters,
  insertKnownDay,
  makeScheduler,
  manyCharacters,
} from '../../test/scheduler.js';
import type { Cap } from './budget.js';

// Author and number of chapters of scheduled days under a budget.
// By default a day is expected to use 50,000 tokens, which cost 0.07.

let db: TestDatabase;

beforeAll(async () => {
  db = await makeTestDatabase();
});
afterAll(() => db.drop());
beforeEach(() => clearCharacters(db));

/** 04:00 of the 23rd in Shanghai, which is the zone of the budget too. */
const four = '2026-11-22T20:00:00Z';
const none: Cap = { tokens: null, money: null };
const everybody = (cap: Partial<Cap>, period: 'day' | 'month' = 'day') =>
  buildBudget({ everybody: { day: none, month: none, [period]: { ...none, ...cap } } });

async function written() {
  const rows: { author: string; chapters_wanted: number | null; fallback_code: string | null }[] =
    await db.database('generations').orderBy('character_id').select('*');
  return rows.map(({ author, chapters_wanted, fallback_code }) =>
    fallback_code === null
      ? `${author} ${chapters_wanted ?? 'full'}`
      : `${author}: ${fallback_code}`,
  );
}
async function counts() {
  const counted: Record<string, number> = {};
  for (const each of await written()) counted[each] = (counted[each] ?? 0) + 1;
  return counted;
}

/** Adds earlier spending to the sums that start on these dates. */
async function spent(tokens: number, { day = '2026-11-23', month = '2026-11-01', scope = '' }) {
  const cost = tokens / 1_000_000;
  await db.database('spending').insert([
    { scope, period: 'day', starts_on: day, calls: 1, tokens, cost },
    { scope, period: 'month', starts_on: month, calls: 1, tokens, cost },
  ]);
}
const full = 'gemini full';
const fewer = 'gemini 2';
const offline = 'offline: budget_exhausted';

describe('ten days', () => {
  beforeEach(() => insertCharacters(db, manyCharacters(10)));

  test('without caps are written in full', async () => {
    expect(await makeScheduler(db).at(four)).toEqual({ begun: 10, overBudget: 0 });
    expect(await counts()).toEqual({ [full]: 10 });
  });

  test.each([
    ['tokens of the day', everybody({ tokens: 250_000 })],
    ['tokens of the month', everybody({ tokens: 250_000 }, 'month')],
    ['money of the day', everybody({ money: 0.351 })],
    ['money of the month', everybody({ money: 0.351 }, 'month')],
  ])('go from full days to fewer chapters to the offline author: %s', async (_, budget) => {
    const scheduler = makeScheduler(db, { budget });
    expect(await scheduler.at(four)).toEqual({ begun: 10, overBudget: 5 });
    // Four days are 80 % of the cap; the fifth reaches it.
    expect(await counts()).toEqual({ [full]: 4, [fewer]: 1, [offline]: 5 });
    expect(scheduler.logger.lines).toContainEqual({
      level: 'info',
      message: 'days are due',
      fields: { days: 10, author: 'gemini', expectedTokens: 500_000, expectedMoney: 0.7 },
    });
  });

  test('include one day with few chapters if only a guess exceeds the cap', async () => {
    await makeScheduler(db, { budget: everybody({ tokens: 30_000 }) }).at(four);
    expect(await counts()).toEqual({ [fewer]: 1, [offline]: 9 });
  });

  test('are never expected to exceed any cap', async () => {
    await insertKnownDay(db);
    for (const cap of [0, 49_999, 50_000, 62_500, 99_999, 100_000, 333_333, 499_999, 500_000]) {
      await db.database('generations').delete();
      await db.database('characters').update({ next_plan_at: '-infinity' });
      await makeScheduler(db, { budget: everybody({ tokens: cap }) }).at(four);
      const { [offline]: unpaid = 0 } = await counts();
      expect([cap, 10 - unpaid]).toEqual([cap, Math.floor(cap / 50_000)]);
    }
  });

  test('have less budget after earlier spending and with generations in flight', async () => {
    await spent(100_000, {});
    await insertCharacters(db, { early: 'Asia/Tokyo' });
    await makeScheduler(db).at('2026-11-22T19:00:00Z');
    expect(await counts()).toEqual({ [full]: 1 });
    await makeScheduler(db, { budget: everybody({ tokens: 300_000 }) }).at(four);
    // 150,000 are spent: one more day is below 80 %, two more reach the cap.
    expect(await counts()).toEqual({ [full]: 1 + 1, [fewer]: 2, [offline]: 7 });
  });

  test('reserve nothing for days that exist already', async () => {
    await makeScheduler(db, { author: 'offline' }).at(four);
    const whole = { brief: '{}', chapters_total: 1, chapters_written: 1, finished_at: four };
    await db.database('generations').update({ ...whole, status: 'published' });
    await db.database.raw(
      `INSERT INTO days (character_id, date, generation_id)
       SELECT character_id, date, id FROM generations`,
    );
    await db.database('characters').update({ next_plan_at: '-infinity' });
    await insertCharacters(db, { zoe: 'Asia/Shanghai' });
    const scheduler = makeScheduler(db, { budget: everybody({ tokens: 100_000 }) });
    expect(await scheduler.at(four)).toEqual({ begun: 1, overBudget: 0 });
    expect((await written()).at(-1)).toBe(full);
    expect(scheduler.logger.lines[0]?.fields).toMatchObject({ days: 1, expectedTokens: 50_000 });
  });

  test('are forecast by the average of two weeks', async () => {
    await insertKnownDay(db);
    await db.database('author_calls').update({ input_tokens: 9_000, output_tokens: 1_000 });
    const scheduler = makeScheduler(db, { budget: everybody({ tokens: 30_000 }) });
    expect(await scheduler.at(four)).toEqual({ begun: 10, overBudget: 7 });
    expect(scheduler.logger.lines[0]?.fields).toMatchObject({
      expectedTokens: 100_000,
      // At the current price.
      expectedMoney: 0.11,
    });
    expect(await counts()).toEqual({ [full]: 2, [fewer]: 1, [offline]: 7 });
  });

  test('stop at the cap of one character, but continue for the others', async () => {
    const cap = { tokens: 70_000, money: null };
    const budget = buildBudget({ eachCharacter: { day: none, month: cap } });
    await insertKnownDay(db);
    await spent(20_000, { scope: 'c0003' });
    await spent(20_001, { scope: 'c0007' });
    expect(await makeScheduler(db, { budget }).at(four)).toEqual({ begun: 10, overBudget: 1 });
    const all = await written();
    expect([all[0], all[3], all[7]]).toEqual([full, fewer, offline]);
    expect(await counts()).toEqual({ [full]: 8, [fewer]: 1, [offline]: 1 });
  });

  test('without a fallback are begun by their own author', async () => {
    const scheduler = makeScheduler(db, {
      budget: everybody({ tokens: 250_000 }),
      fallback: 'none',
    });
    expect(await scheduler.at(four)).toEqual({ begun: 10, overBudget: 0 });
    expect(await counts()).toEqual({ [full]: 4 + 5, [fewer]: 1 });
  });

  test('of an author that bills nothing ignore the budget', async () => {
    const scheduler = makeScheduler(db, { budget: everybody({ tokens: 0 }), author: 'offline' });
    expect(await scheduler.at(four)).toEqual({ begun: 10, overBudget: 0 });
    expect(await counts()).toEqual({ 'offline full': 10 });
    expect(scheduler.logger.lines).toEqual([]);
  });
});

describe('a cap', () => {
  const scheduler = (budget = everybody({ tokens: 50_000 })) => makeScheduler(db, { budget });
  beforeEach(() => insertCharacters(db, { texas: 'Asia/Shanghai' }));

  test('per day resets at midnight in the zone of the budget', async () => {
    // At 04:00 in Shanghai it is still the 22nd in Berlin, where the cap is reached.
    await spent(50_000, { day: '2026-11-22' });
    await scheduler({ ...everybody({ tokens: 50_000 }), timeZone: 'Europe/Berlin' }).at(four);
    expect(await written()).toEqual([offline]);
    await db.database('generations').delete();
    await db.database('characters').update({ next_plan_at: '-infinity' });
    await scheduler().at(four);
    expect(await written()).toEqual([fewer]);
  });

  test('per month resets with the month', async () => {
    await spent(50_000, { day: '2026-11-30' });
    const monthly = scheduler(everybody({ tokens: 60_000 }, 'month'));
    await monthly.at('2026-11-29T20:00:00Z');
    await monthly.at('2026-11-30T20:00:00Z');
    expect(await db.database('generations').orderBy('date').select('date', 'author')).toEqual([
      { date: '2026-11-30', author: 'offline' },
      { date: '2026-12-01', author: 'gemini' },
    ]);
  });
});

test('four concurrent workers keep to the cap together', async () => {
  await insertCharacters(db, manyCharacters(2_500));
  const budget = everybody({ tokens: 500 * 50_000 });
  const nights = Array.from({ length: 4 }, () => makeScheduler(db, { budget }));
  const begun = await Promise.all(nights.map((scheduler) => scheduler.at(four)));
  expect(begun.filter((each) => each.begun > 0).length).toBeGreaterThan(1);
  expect(await counts()).toEqual({ [full]: 400, [fewer]: 100, [offline]: 2_000 });
});

test('the forecast covers all due characters, not only the first batch', async () => {
  await insertCharacters(db, manyCharacters(2_500));
  const scheduler = makeScheduler(db);
  await scheduler.at(four);
  const lines = scheduler.logger.lines.filter(({ message }) => message === 'days are due');
  expect(lines.map(({ fields }) => [fields.days, fields.expectedTokens])).toEqual([
    [2_500, 125_000_000],
  ]);
});
