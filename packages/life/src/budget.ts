import { localDate, type Temporal } from '@texas-ai/kernel';
import type { CallUsage } from './author.js';

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
  /** Money for a million tokens, by model; others are free. */
  prices: Readonly<Record<string, { input: number; output: number }>>;
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

/** The sums that spending for a character at an instant belongs to. */
export function sumsOf(budget: Budget, character: string, now: Temporal.Instant): CappedSum[] {
  const today = localDate(now, budget.timeZone);
  const day = today.toString();
  const month = today.with({ day: 1 }).toString();
  return [
    { scope: character, period: 'day', startsOn: day, cap: budget.eachCharacter.day },
    { scope: character, period: 'month', startsOn: month, cap: budget.eachCharacter.month },
    { scope: '', period: 'day', startsOn: day, cap: budget.everybody.day },
    { scope: '', period: 'month', startsOn: month, cap: budget.everybody.month },
  ];
}

export function hasCaps({ everybody, eachCharacter }: Budget): boolean {
  return [everybody, eachCharacter]
    .flatMap(({ day, month }) => [day, month])
    .some(({ tokens, money }) => tokens !== null || money !== null);
}

/** What tokens of a model cost, in money. */
export function priceOf(
  { prices }: Pick<Budget, 'prices'>,
  model: string | null,
  { inputTokens, outputTokens }: CallUsage,
): number {
  const price = model === null ? undefined : prices[model];
  if (!price) return 0;
  return (inputTokens * price.input + outputTokens * price.output) / 1_000_000;
}

/** How a day is written within its budget. */
export type Rung = 'full' | 'fewer-chapters' | 'offline';

const rungs: readonly Rung[] = ['full', 'fewer-chapters', 'offline'];

/**
 * The lowest rung that any of the sums asks for, once `expected` is added to what was spent: near a
 * cap a day is written in fewer chapters, past it without a call that is billed.
 */
export function rungOf(
  sums: readonly { cap: Cap; spent: Amount }[],
  expected: Amount,
  near: number,
): Rung {
  const steps = sums.flatMap(({ cap, spent }) => [
    rungBelow(cap.tokens, spent.tokens + expected.tokens, near),
    rungBelow(cap.money, spent.money + expected.money, near),
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
