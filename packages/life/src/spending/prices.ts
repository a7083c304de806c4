import { parseDate, type Temporal } from '@texas-ai/kernel';
import type { CallUsage } from '../authoring/author.js';

/** Price per million tokens; thinking tokens count as output. */
export interface Price {
  input: number;
  output: number;
}

export interface ListedPrice extends Price {
  /** The day on which the price was looked up, `YYYY-MM-DD`. */
  readOn?: string | undefined;
  /** An announced price and the day from which it applies, `YYYY-MM-DD` in UTC. */
  next?: (Price & { from: string }) | undefined;
}

export type PriceTable = Readonly<Record<string, ListedPrice>>;

/** Enough for exact costs: prices have at most six decimals and are per million tokens. */
const decimals = 12;

/**
 * What a model's tokens cost at an instant, exact to twelve decimals. Null if the price is unknown, which
 * is not the same as free; 0 if there are no tokens.
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
 * The model whose price applies to a call: the one that answered, which may be the successor of a
 * withdrawn model, or the requested one if the table does not list the one that answered.
 */
export function pricedModel(
  prices: PriceTable,
  requested: string | null,
  answered: string | undefined,
): string | null {
  return answered !== undefined && hasPrice(prices, answered) ? answered : requested;
}

/** The total of the calls whose price is known; null if it is not known for any of them. */
export function knownSum(money: number, unpricedCalls: number): number | null {
  return money === 0 && unpricedCalls > 0 ? null : money;
}
