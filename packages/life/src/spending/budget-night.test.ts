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

// Who writes the days of a night, and in how many chapters, so that the budget holds for all of them.
// Where nothing is known yet a day is expected to take 50,000 tokens, which cost 0.07.

let db: TestDatabase;

beforeAll(async () => {
  db = await makeTestDatabase();
});
afterAll(() => db.drop());
beforeEach(() => clearCharacters(db));

/** Four in the morning of the 23rd in Shanghai, where the budget counts as well. */
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

/** Something that was spent before, in the sums that start on these dates. */
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

describe('a night of ten', () => {
  beforeEach(() => insertCharacters(db, manyCharacters(10)));

  test('without caps is written in full', async () => {
    expect(await makeScheduler(db).at(four)).toEqual({ begun: 10, overBudget: 0 });
    expect(await counts()).toEqual({ [full]: 10 });
  });

  test.each([
    ['tokens of the day', everybody({ tokens: 250_000 })],
    ['tokens of the month', everybody({ tokens: 250_000 }, 'month')],
    ['money of the day', everybody({ money: 0.351 })],
    ['money of the month', everybody({ money: 0.351 }, 'month')],
  ])('goes from full days to fewer chapters to the offline author: %s', async (_, budget) => {
    const night = makeScheduler(db, { budget });
    expect(await night.at(four)).toEqual({ begun: 10, overBudget: 5 });
    // 80 % of the cap are four days; the fifth fills it.
    expect(await counts()).toEqual({ [full]: 4, [fewer]: 1, [offline]: 5 });
    expect(night.logger.lines).toContainEqual({
      level: 'info',
      message: 'days are due',
      fields: { days: 10, author: 'gemini', expectedTokens: 500_000, expectedMoney: 0.7 },
    });
  });

  test('begins with one day where a guess alone would forbid them all', async () => {
    await makeScheduler(db, { budget: everybody({ tokens: 30_000 }) }).at(four);
    expect(await counts()).toEqual({ [fewer]: 1, [offline]: 9 });
  });

  test('is never expected to spend more than the cap, whatever that is', async () => {
    await insertKnownDay(db);
    for (const cap of [0, 49_999, 50_000, 62_500, 99_999, 100_000, 333_333, 499_999, 500_000]) {
      await db.database('generations').delete();
      await db.database('characters').update({ next_plan_at: '-infinity' });
      await makeScheduler(db, { budget: everybody({ tokens: cap }) }).at(four);
      const { [offline]: unpaid = 0 } = await counts();
      expect([cap, 10 - unpaid]).toEqual([cap, Math.floor(cap / 50_000)]);
    }
  });

  test('has what was spent before, and what is in flight, less to spend', async () => {
    await spent(100_000, {});
    await insertCharacters(db, { early: 'Asia/Tokyo' });
    await makeScheduler(db).at('2026-11-22T19:00:00Z');
    expect(await counts()).toEqual({ [full]: 1 });
    await makeScheduler(db, { budget: everybody({ tokens: 300_000 }) }).at(four);
    // 150,000 are gone: one more day is less than 80 %, two more fill the cap.
    expect(await counts()).toEqual({ [full]: 1 + 1, [fewer]: 2, [offline]: 7 });
  });

  test('sets nothing aside for days that are there already', async () => {
    await makeScheduler(db, { author: 'offline' }).at(four);
    const whole = { brief: '{}', chapters_total: 1, chapters_written: 1, finished_at: four };
    await db.database('generations').update({ ...whole, status: 'published' });
    await db.database.raw(
      `INSERT INTO days (character_id, date, generation_id)
       SELECT character_id, date, id FROM generations`,
    );
    await db.database('characters').update({ next_plan_at: '-infinity' });
    await insertCharacters(db, { zoe: 'Asia/Shanghai' });
    const night = makeScheduler(db, { budget: everybody({ tokens: 100_000 }) });
    expect(await night.at(four)).toEqual({ begun: 1, overBudget: 0 });
    expect((await written()).at(-1)).toBe(full);
    expect(night.logger.lines[0]?.fields).toMatchObject({ days: 1, expectedTokens: 50_000 });
  });

  test('is forecast by what days of two weeks took', async () => {
    await insertKnownDay(db);
    await db.database('author_calls').update({ input_tokens: 9_000, output_tokens: 1_000 });
    const night = makeScheduler(db, { budget: everybody({ tokens: 30_000 }) });
    expect(await night.at(four)).toEqual({ begun: 10, overBudget: 7 });
    expect(night.logger.lines[0]?.fields).toMatchObject({
      expectedTokens: 100_000,
      // At the price of today.
      expectedMoney: 0.11,
    });
    expect(await counts()).toEqual({ [full]: 2, [fewer]: 1, [offline]: 7 });
  });

  test('stops at the cap of each character, and goes on for the others', async () => {
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

  test('with nobody to stand in is begun by its own author all the same', async () => {
    const night = makeScheduler(db, { budget: everybody({ tokens: 250_000 }), fallback: 'none' });
    expect(await night.at(four)).toEqual({ begun: 10, overBudget: 0 });
    expect(await counts()).toEqual({ [full]: 4 + 5, [fewer]: 1 });
  });

  test('of an author that costs nothing has no budget', async () => {
    const night = makeScheduler(db, { budget: everybody({ tokens: 0 }), author: 'offline' });
    expect(await night.at(four)).toEqual({ begun: 10, overBudget: 0 });
    expect(await counts()).toEqual({ 'offline full': 10 });
    expect(night.logger.lines).toEqual([]);
  });
});

describe('a cap', () => {
  const night = (budget = everybody({ tokens: 50_000 })) => makeScheduler(db, { budget });
  beforeEach(() => insertCharacters(db, { texas: 'Asia/Shanghai' }));

  test('of a day begins anew with the day, in the budget’s zone', async () => {
    // At four in Shanghai it is still the 22nd in Berlin, where everything is spent.
    await spent(50_000, { day: '2026-11-22' });
    await night({ ...everybody({ tokens: 50_000 }), timeZone: 'Europe/Berlin' }).at(four);
    expect(await written()).toEqual([offline]);
    await db.database('generations').delete();
    await db.database('characters').update({ next_plan_at: '-infinity' });
    await night().at(four);
    expect(await written()).toEqual([fewer]);
  });

  test('of a month begins anew with the month', async () => {
    await spent(50_000, { day: '2026-11-30' });
    const monthly = night(everybody({ tokens: 60_000 }, 'month'));
    await monthly.at('2026-11-29T20:00:00Z');
    await monthly.at('2026-11-30T20:00:00Z');
    expect(await db.database('generations').orderBy('date').select('date', 'author')).toEqual([
      { date: '2026-11-30', author: 'offline' },
      { date: '2026-12-01', author: 'gemini' },
    ]);
  });
});

test('four who plan at once keep to the cap together', async () => {
  await insertCharacters(db, manyCharacters(2_500));
  const budget = everybody({ tokens: 500 * 50_000 });
  const nights = Array.from({ length: 4 }, () => makeScheduler(db, { budget }));
  const begun = await Promise.all(nights.map((night) => night.at(four)));
  expect(begun.filter((each) => each.begun > 0).length).toBeGreaterThan(1);
  expect(await counts()).toEqual({ [full]: 400, [fewer]: 100, [offline]: 2_000 });
});

test('the forecast is of all who are due, not of those alone that are begun first', async () => {
  await insertCharacters(db, manyCharacters(2_500));
  const night = makeScheduler(db);
  await night.at(four);
  const lines = night.logger.lines.filter(({ message }) => message === 'days are due');
  expect(lines.map(({ fields }) => [fields.days, fields.expectedTokens])).toEqual([
    [2_500, 125_000_000],
  ]);
});
