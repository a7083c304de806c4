import type { Temporal } from '@texas-ai/kernel';
import type { AuthorName, CallUsage } from '../authoring/author.js';
import type { AuthorHold } from '../authoring/cooldowns.js';
import type { Amount, CappedSum, Expected, SpendingKey } from './budget.js';

// The ledger: every call that may be billed is written down before it is made.

/** What a call is for. A probe only looks whether the author answers, for no day of anybody. */
export const callSteps = ['plan-day', 'write-chapter', 'probe'] as const;
export type CallStep = (typeof callSteps)[number];

/** Tokens of a call, and what they cost; null where the model has no price. */
export interface Billed {
  inputTokens: number;
  outputTokens: number;
  money: number | null;
}

/** A call that is about to be made. */
export interface PlannedCall {
  /** Null for a probe, as character and date are. */
  generationId: string | null;
  character: string | null;
  date: string | null;
  step: CallStep;
  chapter: number | null;
  author: AuthorName;
  fingerprint: string;
  model: string | null;
  /** What it may cost: spent until the call says what it did. */
  expected: Billed;
  /** Most calls of the generation since a person last resumed it, refused ones apart. */
  mostCalls: number;
  /** The sums that it adds to, each with its cap. */
  sums: readonly CappedSum[];
  /** How long the call counts as in flight unless its lease is renewed, in milliseconds. */
  leaseMs: number;
  /** The provider's quota of the day; null where none is kept. */
  daily: { since: Temporal.Instant; most: number } | null;
}

/** Whether the call may be made, or what forbids it. */
export type OpenedCall =
  | { kind: 'opened'; id: string }
  /** Another worker is making the same call. */
  | { kind: 'in-flight' }
  | { kind: 'held'; hold: AuthorHold }
  | { kind: 'too-many-calls' }
  | { kind: 'quota-of-the-day' }
  | { kind: 'over-budget'; sum: SpendingKey };

/** How a call ended: what it was billed for, null where nobody knows and the expectation stays. */
export interface CallEnd {
  outcome: string;
  usage: Billed | null;
  /** The model that it is priced as, where that is not the one that was asked for. */
  pricedModel?: string | null;
}

/** A key and a model that it is asked for. */
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
  /** The one that the calls are priced as. */
  model: string | null;
  step: CallStep;
  calls: number;
  inputTokens: number;
  outputTokens: number;
  /** Of the calls whose price is known; null where that is none. */
  money: number | null;
  /** Calls whose price is not known. */
  unpricedCalls: number;
}

export interface LedgerRepository {
  /**
   * Cooldowns do not block probes. One statement, exact also where many ask at once: no cap is passed by what is expected. What calls
   * under way use beyond that passes it; quota of the day and `mostCalls` by those that begin at once.
   */
  open(call: PlannedCall): Promise<OpenedCall>;
  /** The call is in flight for so many milliseconds more. */
  renewLease(id: string, leaseMs: number): Promise<void>;
  close(id: string, end: CallEnd): Promise<void>;
  /** Ends the entries that were opened before and never closed; what they were expected to cost stays. */
  closeLost(openedBefore: Temporal.Instant): Promise<number>;
  /** What was spent, calls under way included; zero where there is nothing. */
  spent(keys: readonly SpendingKey[]): Promise<Map<string, Amount>>;
  /** What a day that this author wrote whole used on average since then; null without any. */
  averageGeneration(author: AuthorName, since: Temporal.Instant): Promise<CallUsage | null>;
  /** What is still to be spent on this author's generations in flight, where each takes so much in all. */
  stillToSpend(author: AuthorName, each: Expected): Promise<Amount>;
  /** Until the transaction ends nobody else sets anything of the budget aside. */
  lockForecast(): Promise<void>;
  costs(query: CostQuery): Promise<CostRow[]>;
  /** When a call was last made so, and when one was last answered; null where none was since then. */
  lastCalls(
    access: AuthorAccess,
    since: Temporal.Instant,
  ): Promise<{ madeAt: Temporal.Instant | null; answeredAt: Temporal.Instant | null }>;
}

/** A sum's name in the map that `spent` answers. */
export function sumName({ scope, period, startsOn }: SpendingKey): string {
  return `${scope} ${period} ${startsOn}`;
}
