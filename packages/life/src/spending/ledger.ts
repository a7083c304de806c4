import type { Temporal } from '@texas-ai/kernel';
import type { AuthorName, CallUsage } from '../authoring/author.js';
import type { Cooldown } from '../authoring/cooldowns.js';
import type { Amount, CappedSum, Expected, SpendingKey } from './budget.js';

// The ledger: every call that may be billed is entered before it is made.

/** What a call is for. A probe only tests whether the author responds, and belongs to no day. */
export const callSteps = ['plan-day', 'write-chapter', 'probe'] as const;
export type CallStep = (typeof callSteps)[number];

/** The tokens of a call and their cost; null if the price is unknown. */
export interface Billed {
  inputTokens: number;
  outputTokens: number;
  money: number | null;
}

/** A call that is about to be made. */
export interface PlannedCall {
  /** These three are null for a probe. */
  generationId: string | null;
  character: string | null;
  /** Local calendar date, `YYYY-MM-DD`. */
  date: string | null;
  step: CallStep;
  chapter: number | null;
  author: AuthorName;
  fingerprint: string;
  model: string | null;
  /** Counts as spent until the call has ended. */
  expected: Billed;
  /** The maximum number of calls of the generation since it was last resumed, without refused ones. */
  maxCalls: number;
  /** The sums that it is added to, each with its cap. */
  sums: readonly CappedSum[];
  /** How long the call counts as in flight without a renewal of its lease, in milliseconds. */
  leaseMs: number;
  /** The provider's daily quota; null if none is configured. */
  daily: { since: Temporal.Instant; max: number } | null;
}

/** Whether the call may be made, or why not. */
export type OpenedCall =
  | { kind: 'opened'; id: string }
  /** Another worker is making the same call. */
  | { kind: 'in-flight' }
  | { kind: 'cooling-down'; cooldown: Cooldown }
  | { kind: 'too-many-calls' }
  | { kind: 'daily-quota' }
  | { kind: 'over-budget'; sum: SpendingKey };

/** How a call ended. `usage` is null if unknown; then the expected cost stays spent. */
export interface CallEnd {
  outcome: string;
  usage: Billed | null;
  /** The model by whose price it is charged, if that is not the model it was made for. */
  pricedModel?: string | null;
}

/** The end of a call that is still open. */
export interface EndedCall extends CallEnd {
  id: string;
}

/** A key and the model it is used for. */
export interface AuthorAccess {
  author: AuthorName;
  fingerprint: string;
  model: string | null;
}

export interface CostQuery {
  /** First and last local date of the budget, both included. */
  from: string;
  to: string;
  character?: string | undefined;
}

export interface CostRow {
  date: string;
  author: AuthorName;
  /** The model by whose price the calls are charged. */
  model: string | null;
  step: CallStep;
  calls: number;
  inputTokens: number;
  outputTokens: number;
  /** Of the calls with a known price; null if there are none. */
  money: number | null;
  /** Calls without a known price. */
  unpricedCalls: number;
}

export interface LedgerRepository {
  /**
   * Enters a call if nothing forbids it; cooldowns do not forbid probes. One statement, exact under
   * concurrency: expected costs never exceed a cap. What calls in flight use beyond their expected cost
   * may, and calls that begin at the same moment may exceed the daily quota and `maxCalls`.
   */
  open(call: PlannedCall): Promise<OpenedCall>;
  /** Extends the lease to this number of milliseconds from now. */
  renewLease(id: string, leaseMs: number): Promise<void>;
  close(id: string, end: CallEnd): Promise<void>;
  /** Closes the entries opened before then and never closed, at their expected cost. Returns their number. */
  closeLost(openedBefore: Temporal.Instant): Promise<number>;
  /** The sums by `sumName`, including calls in flight; sums without calls are absent. */
  spent(keys: readonly SpendingKey[]): Promise<Map<string, Amount>>;
  /** The average usage of the days since then that this author wrote alone; null if there are none. May be a minute old. */
  averageGeneration(author: AuthorName, since: Temporal.Instant): Promise<CallUsage | null>;
  /** What this author's generations in flight will still cost, if each costs `each` in total. */
  stillToSpend(author: AuthorName, each: Expected): Promise<Amount>;
  /** Until the transaction ends, no other process forecasts spending. */
  lockForecast(): Promise<void>;
  costs(query: CostQuery): Promise<CostRow[]>;
  /** The times of the last call, and of the last answered call, with this access since then; null if none. */
  lastCalls(
    access: AuthorAccess,
    since: Temporal.Instant,
  ): Promise<{ madeAt: Temporal.Instant | null; answeredAt: Temporal.Instant | null }>;
}

/** The name of a sum in the map that `spent` returns. */
export function sumName({ scope, period, startsOn }: SpendingKey): string {
  return `${scope} ${period} ${startsOn}`;
}
