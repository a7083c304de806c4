import { Counter, Histogram, type Registry } from 'prom-client';

/** A finished call to an author. */
export interface AuthorCallMeasurement {
  author: string;
  /** The model that determines the price; empty for an author without one. */
  model: string;
  step: string;
  /** `answered`, or the code of the failure. */
  outcome: string;
  seconds: number;
  /** Null if the usage is unknown; `money` is null if the price is unknown. */
  billed: { inputTokens: number; outputTokens: number; money: number | null } | null;
}

const buckets = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300];

/** Measures calls to authors, with prices in `currency`. */
export function makeAuthorMetrics(
  registry: Registry,
  currency: string,
): (call: AuthorCallMeasurement) => void {
  const registers = [registry];
  const call = ['author', 'model', 'step'] as const;
  const duration = new Histogram({
    name: 'texas_author_call_duration_seconds',
    help: 'Duration of calls to an author, by outcome.',
    labelNames: [...call, 'outcome'],
    buckets,
    registers,
  });
  const tokens = new Counter({
    name: 'texas_author_tokens_total',
    help: 'Billed tokens.',
    labelNames: [...call, 'direction'],
    registers,
  });
  const spending = new Counter({
    name: 'texas_author_spending_total',
    help: 'Cost of calls whose price is in the configured price table.',
    labelNames: [...call, 'currency'],
    registers,
  });
  const unpriced = new Counter({
    name: 'texas_author_unpriced_calls_total',
    help: 'Billed calls whose price is not in the configured price table.',
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
