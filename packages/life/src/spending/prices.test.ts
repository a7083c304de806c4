import { describe, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import fc from 'fast-check';
import { costOf, knownSum, type PriceTable, pricedModel } from './prices.js';

const at = (text: string) => Temporal.Instant.from(text);
const now = at('2026-11-30T12:00:00Z');
const prices: PriceTable = {
  lite: { input: 0.3, output: 2.5, readOn: '2026-11-30' },
  argon: { input: 2, output: 10, next: { from: '2026-12-01', input: 4, output: 20 } },
  free: { input: 0, output: 0 },
};

describe('costOf', () => {
  test('uses the price of the model per million tokens, exact for any number', () => {
    const cost = (inputTokens: number, outputTokens: number) =>
      costOf(prices, 'lite', { inputTokens, outputTokens }, now);
    expect(cost(2_000_000, 500_000)).toBe(1.85);
    expect(cost(1, 0)).toBe(0.000_000_3);
    expect(cost(123, 7)).toBe(0.000_054_4);
    fc.assert(
      fc.property(fc.nat(2_000_000), fc.nat(100_000), (input, output) => {
        // In integer ten-millionths, to avoid rounding.
        const exact = (BigInt(input) * 3n + BigInt(output) * 25n).toString();
        expect(BigInt(Math.round((cost(input, output) ?? -1) * 1e7)).toString()).toBe(exact);
      }),
    );
  });

  test('is null without a price, also for names of object properties', () => {
    const usage = { inputTokens: 1, outputTokens: 1 };
    for (const model of ['unknown', 'constructor', null]) {
      expect(costOf(prices, model, usage, now)).toBeNull();
    }
    expect(costOf(prices, 'free', usage, now)).toBe(0);
  });

  test('is zero for no tokens, even without a price', () => {
    expect(costOf(prices, 'unknown', { inputTokens: 0, outputTokens: 0 }, now)).toBe(0);
  });

  test('changes at the first instant of the announced day', () => {
    const cost = (instant: string) =>
      costOf(prices, 'argon', { inputTokens: 1_000_000, outputTokens: 0 }, at(instant));
    expect(cost('2026-11-30T23:59:59.999Z')).toBe(2);
    expect(cost('2026-12-01T00:00:00Z')).toBe(4);
  });
});

test('a call is priced by the model that answered, or by the requested one if that has no price', () => {
  expect(pricedModel(prices, 'argon', 'lite')).toBe('lite');
  expect(pricedModel(prices, 'argon', 'argon-002')).toBe('argon');
  expect(pricedModel(prices, 'argon', undefined)).toBe('argon');
  expect(pricedModel(prices, 'latest', 'lite')).toBe('lite');
});

test('a sum without any known part is null', () => {
  expect(knownSum(0, 0)).toBe(0);
  expect(knownSum(0, 2)).toBeNull();
  expect(knownSum(0.5, 2)).toBe(0.5);
});
