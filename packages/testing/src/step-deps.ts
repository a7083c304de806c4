import type { Clock } from '@texas-ai/kernel';
import {
  type Budget,
  type CallMeter,
  makeCallMeter,
  type Quotas,
  type Store,
} from '@texas-ai/life';
import { makeLogSpy } from './logger.js';

/** A budget without caps, by days in Shanghai; a million tokens of `scripted` cost 1 as input and 2 as output. */
export function buildBudget(overrides: Partial<Budget> = {}): Budget {
  const none = { tokens: null, money: null };
  return {
    timeZone: 'Asia/Shanghai',
    everybody: { day: none, month: none },
    eachCharacter: { day: none, month: none },
    near: 0.8,
    prices: { scripted: { input: 1, output: 2 } },
    ...overrides,
  };
}

/** The dependencies of generation steps besides store and queue, with short timeouts. */
export function buildStepDeps(
  store: Store,
  options: { clock: Clock; budget?: Budget; quotas?: Quotas },
): { clock: Clock; budget: Budget; meter: CallMeter; heartbeatMs: number; storeRetryMs: number } {
  const { clock, budget = buildBudget() } = options;
  const quotas = options.quotas ?? { bucket: null, day: null };
  const meter = makeCallMeter({
    ledger: store.ledger,
    quotasOf: () => quotas,
    budget,
    clock,
    leaseMs: 60_000,
    logger: makeLogSpy(),
  });
  return { clock, budget, meter, heartbeatMs: 1_000, storeRetryMs: 5_000 };
}
