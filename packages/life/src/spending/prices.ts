import { parseDate, type Temporal } from '@texas-ai/kernel';
import type { CallUsage } from '../authoring/author.js';

/** Money per million tokens; thoughts count as output. */
export interface Price {
  input: number;
  output: number;
}

export interface ListedPrice extends Price {
  /** The day on which the price was read, `YYYY-MM-DD`. */
  readOn?: string | undefined;
  /** An announced price and the day from which it applies, `YYYY-MM-DD` in UTC. */
  next?: (Price & { from: string }) | undefined;
}

export type PriceTable = Readonly<Record<string, ListedPrice>>;

/** Money is exact: prices have at most six decimals, and are for a million tokens. */
const decimals = 12;

/**
 * The cost of tokens of a model at an instant, exact to twelve decimals. Null if the price is unknown,
 * which is not the same as free; no tokens cost 0.
 */
export function costOf(
  prices: PriceTable,
  model: string | null,
  { inputTokens, outputTokens }: Pick<CallUsage, 'inputTokens' | 'outputTokens'>,
  now: Temporal.Instant,
): number | null {
  if (inputTokens === 0 && outputTokens === 0) return 0;
  const price = priceAt(prices, model, now);
  if (price === null) return null;
  const money = (inputTokens * price.input + outputTokens * price.output) / 1_000_000;
  return Number(money.toFixed(decimals));
}

export function hasPrice(prices: PriceTable, model: string): boolean {
  return Object.hasOwn(prices, model);
}

function priceAt(prices: PriceTable, model: string | null, now: Temporal.Instant): Price | null {
  const listed = model !== null && hasPrice(prices, model) ? prices[model] : undefined;
  if (!listed) return null;
  const { next } = listed;
  const changesAt = next && parseDate(next.from)?.toZonedDateTime('UTC').epochMilliseconds;
  return next && changesAt !== undefined && now.epochMilliseconds >= changesAt ? next : listed;
}

/**
 * The model by whose price a call is charged: the one that answered, which may be the successor of a
 * withdrawn one, or the one that was asked for if the table does not have the other.
 */
export function pricedModel(
  prices: PriceTable,
  asked: string | null,
  answered: string | undefined,
): string | null {
  return answered !== undefined && hasPrice(prices, answered) ? answered : asked;
}

/** The known part of a sum; null, unknown, if none of it has a price. */
export function knownSum(money: number, unpricedCalls: number): number | null {
  return money === 0 && unpricedCalls > 0 ? null : money;
}
