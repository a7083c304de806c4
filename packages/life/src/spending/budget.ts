import { localDate, type Temporal } from '@texas-ai/kernel';
import type { PriceTable } from './prices.js';

// What authors may spend. Money is in the currency of the price table.

/** What may be spent in one period; null where nothing is capped. */
export interface Cap {
  tokens: number | null;
  money: number | null;
}

export interface Budget {
  /** IANA zone whose days and months count. */
  timeZone: string;
  everybody: { day: Cap; month: Cap };
  eachCharacter: { day: Cap; month: Cap };
  /** From which share of a cap on, 0-1, days are written in fewer chapters. */
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

/** What something is expected to use; money is null where the model has no price. */
export interface Expected {
  tokens: number;
  money: number | null;
}

/** The sums that spending at an instant belongs to: everybody's, and those of a character. */
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

/** How a day is written within its budget. */
export type Rung = 'full' | 'fewer-chapters' | 'offline';

const rungs: readonly Rung[] = ['full', 'fewer-chapters', 'offline'];

/**
 * The lowest rung that any of the sums asks for, once `expected` is added to what was spent: near a
 * cap a day is written in fewer chapters, past it without a call that is billed. Where money is capped
 * and the price unknown nothing is called.
 */
export function rungOf(
  sums: readonly { cap: Cap; spent: Amount }[],
  expected: Expected,
  near: number,
): Rung {
  const steps = sums.flatMap(({ cap, spent }) => [
    rungBelow(cap.tokens, spent.tokens + expected.tokens, near),
    rungBelow(cap.money, spent.money + (expected.money ?? Number.POSITIVE_INFINITY), near),
  ]);
  return rungs[Math.max(0, ...steps)] ?? 'offline';
}

function rungBelow(cap: number | null, spent: number, near: number): 0 | 1 | 2 {
  if (cap === null) return 0;
  if (spent > cap) return 2;
  return spent > cap * near ? 1 : 0;
}

/** How many chapters a day is written in when money is short: half of them, at least one. */
export function fewerChapters(chapters: number): number {
  return Math.max(1, Math.floor(chapters / 2));
}
