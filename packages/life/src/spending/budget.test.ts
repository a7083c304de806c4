import { describe, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import { buildBudget } from '@texas-ai/testing';
import { type Amount, type Cap, fewerChapters, hasCaps, levelOf, sumsOf } from './budget.js';
import { budgetState, expectedGeneration } from './budget-state.js';
import { sumName } from './ledger.js';

const none: Cap = { tokens: null, money: null };
const nothing: Amount = { tokens: 0, money: 0 };
const at = (text: string) => Temporal.Instant.from(text);
const noon = at('2026-11-23T04:00:00Z');

describe('the sums of a call', () => {
  const startsOf = (timeZone: string, now: string) =>
    sumsOf(buildBudget({ timeZone }), 'texas', at(now)).map(({ startsOn }) => startsOn);

  test('are the character’s and everybody’s, of the day and the month, each with its cap', () => {
    const caps = [1, 2, 3, 4].map((tokens) => ({ tokens, money: null }));
    const [day = none, month = none, ownDay = none, ownMonth = none] = caps;
    const budget = buildBudget({
      everybody: { day, month },
      eachCharacter: { day: ownDay, month: ownMonth },
    });
    expect(sumsOf(budget, 'texas', noon)).toEqual([
      { scope: 'texas', period: 'day', startsOn: '2026-11-23', cap: ownDay },
      { scope: 'texas', period: 'month', startsOn: '2026-11-01', cap: ownMonth },
      { scope: '', period: 'day', startsOn: '2026-11-23', cap: day },
      { scope: '', period: 'month', startsOn: '2026-11-01', cap: month },
    ]);
  });

  test('change at midnight in the zone of the budget, the month on its first day', () => {
    const november = ['2026-11-30', '2026-11-01', '2026-11-30', '2026-11-01'];
    const december = ['2026-12-01', '2026-12-01', '2026-12-01', '2026-12-01'];
    expect(startsOf('Asia/Shanghai', '2026-11-30T15:59:59.999Z')).toEqual(november);
    expect(startsOf('Asia/Shanghai', '2026-11-30T16:00:00Z')).toEqual(december);
    expect(startsOf('America/New_York', '2026-12-01T04:59:59.999Z')).toEqual(november);
    expect(startsOf('America/New_York', '2026-12-01T05:00:00Z')).toEqual(december);
  });
});

test('a budget has caps if any of its caps is set', () => {
  expect(hasCaps(buildBudget())).toBe(false);
  for (const cap of [
    { tokens: 0, money: null },
    { tokens: null, money: 1 },
  ]) {
    for (const period of [
      { day: cap, month: none },
      { day: none, month: cap },
    ]) {
      expect(hasCaps(buildBudget({ everybody: period }))).toBe(true);
      expect(hasCaps(buildBudget({ eachCharacter: period }))).toBe(true);
    }
  }
});

test('fewer chapters are half as many, at least one', () => {
  expect([1, 2, 3, 4, 5, 24].map(fewerChapters)).toEqual([1, 1, 1, 2, 2, 12]);
});

describe('a day is written', () => {
  const rung = (cap: Partial<Cap>, spent: number, expected: number) =>
    levelOf(
      [{ cap: { ...none, ...cap }, spent: { tokens: spent, money: spent } }],
      { tokens: expected, money: expected },
      0.8,
    );

  test.each(['tokens', 'money'])('in full, in fewer chapters, or offline: by %s', (what) => {
    const cap = { [what]: 100 };
    expect(rung(cap, 0, 80)).toBe('full');
    expect(rung(cap, 50, 30)).toBe('full');
    expect(rung(cap, 50, 31)).toBe('fewer-chapters');
    expect(rung(cap, 50, 50)).toBe('fewer-chapters');
    expect(rung(cap, 50, 51)).toBe('offline');
    expect(rung(cap, 101, 0)).toBe('offline');
  });

  test('offline if money is capped and the price unknown', () => {
    const cost = (cap: Partial<Cap>) =>
      levelOf([{ cap: { ...none, ...cap }, spent: nothing }], { tokens: 1, money: null }, 0.8);
    expect(cost({ money: 1_000 })).toBe('offline');
    expect(cost({ tokens: 1_000 })).toBe('full');
  });

  test('in full without caps, and offline with caps of zero', () => {
    expect(rung({}, 1e12, 1e12)).toBe('full');
    expect(rung({ tokens: 0 }, 0, 1)).toBe('offline');
  });

  test('as the strictest sum requires', () => {
    const expected = { tokens: 10, money: 1 };
    const sums = [
      { cap: { tokens: 1_000, money: null }, spent: nothing },
      { cap: { tokens: null, money: 1.1 }, spent: nothing },
    ];
    expect(levelOf(sums, expected, 0.8)).toBe('fewer-chapters');
    const over = { cap: { tokens: 9, money: 100 }, spent: nothing };
    expect(levelOf([...sums, over], expected, 0.8)).toBe('offline');
    expect(levelOf([over, ...sums], expected, 0.8)).toBe('offline');
    expect(levelOf([], expected, 0.8)).toBe('full');
  });
});

describe('the state of a budget', () => {
  const tokens = (amount: number) => ({ tokens: amount, money: 0, known: true });
  const ledgerOf = (spent: Record<string, Amount>) => {
    const asked: string[] = [];
    return {
      asked,
      spent: async (keys: Parameters<typeof sumName>[0][]) => {
        asked.push(...keys.map(sumName));
        return new Map(Object.entries(spent));
      },
    };
  };
  const budget = buildBudget({
    everybody: { day: { tokens: 100, money: null }, month: none },
    eachCharacter: { day: none, month: { tokens: 50, money: null } },
  });

  test('includes what was spent and what was set aside since', async () => {
    const ledger = ledgerOf({ ' day 2026-11-23': tokens(30) });
    const state = await budgetState(ledger, budget, ['texas', 'lin'], noon);
    expect(state.levelOf('texas', tokens(20))).toBe('full');
    state.reserve('texas', tokens(20));
    // 50 of everybody's 100, 20 of the character's 50.
    expect(state.levelOf('texas', tokens(21))).toBe('fewer-chapters');
    expect(state.levelOf('texas', tokens(31))).toBe('offline');
    expect(state.levelOf('lin', tokens(30))).toBe('full');
    state.reserve('lin', tokens(30));
    expect(state.levelOf('lin', tokens(20))).toBe('fewer-chapters');
    expect(state.levelOf('robin', tokens(21))).toBe('offline');
  });

  test('counts an amount without a character for everybody only', async () => {
    const state = await budgetState(ledgerOf({}), budget, ['texas'], noon);
    state.reserve(null, tokens(60));
    expect(state.levelOf('texas', tokens(40))).toBe('fewer-chapters');
    expect(state.levelOf('texas', tokens(41))).toBe('offline');
    state.reserve(null, tokens(40));
    expect(state.levelOf('texas', tokens(1))).toBe('offline');
  });

  test('does not refuse the first day because of a guess', async () => {
    const guess = { ...tokens(1_000), known: false };
    const state = await budgetState(ledgerOf({}), budget, ['texas', 'lin'], noon);
    expect(state.levelOf('texas', { ...guess, known: true })).toBe('offline');
    expect(state.levelOf('texas', guess)).toBe('fewer-chapters');
    state.reserve('texas', guess);
    expect(state.levelOf('lin', guess)).toBe('offline');
    const nearlySpent = await budgetState(
      ledgerOf({ ' day 2026-11-23': tokens(81) }),
      budget,
      ['texas'],
      noon,
    );
    expect(nearlySpent.levelOf('texas', guess)).toBe('offline');
    const nothing = buildBudget({ everybody: { day: { tokens: 0, money: null }, month: none } });
    const without = await budgetState(ledgerOf({}), nothing, ['texas'], noon);
    expect(without.levelOf('texas', guess)).toBe('offline');
  });

  test('reads the sums once', async () => {
    const ledger = ledgerOf({});
    const state = await budgetState(ledger, budget, ['texas'], noon);
    state.levelOf('texas', tokens(1));
    state.levelOf('texas', tokens(1));
    expect(ledger.asked).toEqual([
      'texas day 2026-11-23',
      'texas month 2026-11-01',
      ' day 2026-11-23',
      ' month 2026-11-01',
    ]);
  });
});

describe('the expected cost of a generation', () => {
  const forecast = {
    budget: buildBudget(),
    author: 'gemini',
    model: 'scripted',
    chapters: 4,
    now: noon,
  } as const;

  test('is the average of two weeks over all models, at the price of the current model', async () => {
    const asked: unknown[] = [];
    const averageGeneration = async (...values: unknown[]) => {
      asked.push(...values.map(String));
      return { inputTokens: 200_000.5, outputTokens: 100_000 };
    };
    expect(await expectedGeneration({ averageGeneration }, forecast)).toEqual({
      tokens: 300_000.5,
      money: expect.closeTo(0.4),
      known: true,
    });
    expect(asked).toEqual(['gemini', '2026-11-09T04:00:00Z']);
  });

  test('is that of one plan and its chapters by default', async () => {
    const ledger = { averageGeneration: async () => null };
    // Five calls with 6,000 and 4,000 tokens, at prices of 1 and 2 per million.
    expect(await expectedGeneration(ledger, forecast)).toEqual({
      tokens: 50_000,
      money: 0.07,
      known: false,
    });
    const unpriced = { ...forecast, model: 'unknown', chapters: 1 };
    expect(await expectedGeneration(ledger, unpriced)).toMatchObject({
      tokens: 20_000,
      money: null,
    });
  });
});
