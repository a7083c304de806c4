import type { Config } from '@texas-ai/config';
import type { Budget } from '@texas-ai/life';

/** The configured times in milliseconds. */
export interface Timing {
  lockMs: number;
  /** See `CallMeterDeps`. */
  leaseMs: number;
  stallCheckMs: number;
  heartbeatMs: number;
  reconcileMs: number;
  staleMs: number;
  retryMs: number;
  retryStorageMs: number;
  storeRetryMs: number;
  probeMs: number;
}

export function timingOf({ worker }: Config): Timing {
  const ms = (seconds: number) => Math.round(seconds * 1000);
  return {
    lockMs: ms(worker.lockSeconds),
    leaseMs: ms(worker.lockSeconds * 4),
    stallCheckMs: ms(worker.stallCheckSeconds),
    heartbeatMs: ms(worker.heartbeatSeconds),
    reconcileMs: ms(worker.reconcileSeconds),
    staleMs: ms(worker.untouchedSeconds),
    retryMs: ms(worker.retrySeconds),
    retryStorageMs: ms(worker.retryStorageSeconds),
    storeRetryMs: ms(worker.holdAnswerSeconds),
    probeMs: ms(worker.probeSeconds),
  };
}

export function budgetOf({ budget, timeZone }: Config): Budget {
  const caps = ({
    dailyMoney,
    dailyTokens,
    monthlyMoney,
    monthlyTokens,
  }: typeof budget.everybody) => ({
    day: { money: dailyMoney, tokens: dailyTokens },
    month: { money: monthlyMoney, tokens: monthlyTokens },
  });
  return {
    timeZone,
    everybody: caps(budget.everybody),
    eachCharacter: caps(budget.eachCharacter),
    near: budget.nearPercent / 100,
    prices: budget.prices,
  };
}
