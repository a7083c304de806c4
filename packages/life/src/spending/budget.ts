import { localDate, type Temporal } from '@texas-ai/kernel';
import type { PriceTable } from './prices.js';

// The budget of authors. Money is in the currency of the price table.

/** The maximum that may be spent in one period; null if unlimited. */
export interface Cap {
  tokens: number | null;
  money: number | null;
}

export interface Budget {
  /** The IANA zone that defines its days and months. */
  timeZone: string;
  everybody: { day: Cap; month: Cap };
  eachCharacter: { day: Cap; month: Cap };
  /** The share of a cap, 0-1, from which days are written in fewer chapters. */
  near: number;
  prices: PriceTable;
}

/** A sum of the ledger: a character's, or everybody's (the empty scope), in one day or month. */
export interface SpendingKey {
  scope: string;
  period: 'day' | 'month';
  /** First local date of the period, `YYYY-MM-DD`. */
  startsOn: string;
}

export interface CappedSum extends SpendingKey {
  cap: Cap;
}

export interface Amount {
  tokens: number;
  money: number;
}

/** Expected usage; money is null if the price of the model is unknown. */
export interface Expected {
  tokens: number;
  money: number | null;
}

/** The sums to update for spending at an instant: everybody's, and the character's. */
export function sumsOf(
  budget: Budget,
  character: string | null,
  now: Temporal.Instant,
): CappedSum[] {
  const today = localDate(now, budget.timeZone);
  const day = today.toString();
  const month = today.with({ day: 1 }).toString();
  const sums = (scope: string, caps: { day: Cap; month: Cap }): CappedSum[] => [
    { scope, period: 'day', startsOn: day, cap: caps.day },
    { scope, period: 'month', startsOn: month, cap: caps.month },
  ];
  const own = character === null ? [] : sums(character, budget.eachCharacter);
  return [...own, ...sums('', budget.everybody)];
}

export function hasCaps({ everybody, eachCharacter }: Budget): boolean {
  return [everybody, eachCharacter]
    .flatMap(({ day, month }) => [day, month])
    .some(({ tokens, money }) => tokens !== null || money !== null);
}

/** How a day is written under the budget. */
export type BudgetLevel = 'full' | 'fewer-chapters' | 'offline';

const budgetLevels: readonly BudgetLevel[] = ['full', 'fewer-chapters', 'offline'];

/**
 * The lowest level that any of the sums requires once `expected` is added to what was spent: near a cap a
 * day is written in fewer chapters, past it without billed calls. If money is capped and the price
 * unknown, no billed call is made.
 */
export function levelOf(
  sums: readonly { cap: Cap; spent: Amount }[],
  expected: Expected,
  near: number,
): BudgetLevel {
  const steps = sums.flatMap(({ cap, spent }) => [
    levelUnder(cap.tokens, spent.tokens + expected.tokens, near),
    levelUnder(cap.money, spent.money + (expected.money ?? Number.POSITIVE_INFINITY), near),
  ]);
  return budgetLevels[Math.max(0, ...steps)] ?? 'offline';
}

function levelUnder(cap: number | null, spent: number, near: number): 0 | 1 | 2 {
  if (cap === null) return 0;
  if (spent > cap) return 2;
  return spent > cap * near ? 1 : 0;
}

/** The number of chapters near a cap: half as many, at least one. */
export function fewerChapters(chapters: number): number {
  return Math.max(1, Math.floor(chapters / 2));
}
