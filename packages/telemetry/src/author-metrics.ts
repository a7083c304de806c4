import { Counter, Histogram, type Registry } from 'prom-client';

/** A call to an author that is over. */
export interface AuthorCallSeen {
  author: string;
  /** The one that the call is priced as; empty where the author has none. */
  model: string;
  step: string;
  /** `answered`, or the code of its failure. */
  outcome: string;
  seconds: number;
  /** What it was billed for, null where nothing was said; its money is null where the price is not known. */
  billed: { inputTokens: number; outputTokens: number; money: number | null } | null;
}

const buckets = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300];

/** Measures calls to authors; `currency` is that of the price table. */
export function makeAuthorMetrics(
  registry: Registry,
  currency: string,
): (call: AuthorCallSeen) => void {
  const registers = [registry];
  const call = ['author', 'model', 'step'] as const;
  const duration = new Histogram({
    name: 'texas_author_call_duration_seconds',
    help: 'Time that an author took for one call, by outcome.',
    labelNames: [...call, 'outcome'],
    buckets,
    registers,
  });
  const tokens = new Counter({
    name: 'texas_author_tokens_total',
    help: 'Tokens that calls were billed for.',
    labelNames: [...call, 'direction'],
    registers,
  });
  const spending = new Counter({
    name: 'texas_author_spending_total',
    help: 'Money that calls cost by the price table of the configuration, as far as it knows their price.',
    labelNames: [...call, 'currency'],
    registers,
  });
  const unpriced = new Counter({
    name: 'texas_author_unpriced_calls_total',
    help: 'Calls that were billed at a price which the price table of the configuration does not know.',
    labelNames: call,
    registers,
  });
  return ({ author, model, step, outcome, seconds, billed }) => {
    const labels = { author, model, step };
    duration.observe({ ...labels, outcome }, seconds);
    if (billed === null) return;
    tokens.inc({ ...labels, direction: 'input' }, billed.inputTokens);
    tokens.inc({ ...labels, direction: 'output' }, billed.outputTokens);
    if (billed.money === null) unpriced.inc(labels);
    else spending.inc({ ...labels, currency }, billed.money);
  };
}
