import { localDate, type Temporal } from '@texas-ai/kernel';

/** How long rows are kept, in days; null for ever. */
export interface RetentionAges {
  /** Replaced, failed and cancelled generations, since they were replaced or ended. */
  supersededDays: number | null;
  /** Whole days, with all generations of their dates. */
  experiencesDays: number | null;
  /** Interactions without their days, by the date of the day. */
  interactionsDays: number | null;
  /** Calls in the ledger, by the date they are charged to. The sums are kept. */
  costsDays: number | null;
  /** Idempotency keys, since their first use. */
  idempotencyDays: number | null;
  /** Alerts, since their recovery. */
  alertsDays: number | null;
}

/**
 * The kinds of rows, in the order of removal: rows that are deleted together with others come before
 * these, so that each row is counted once, under its own kind.
 */
export const retentionKinds = [
  'interactions',
  'idempotency-keys',
  'replaced-generations',
  'given-up-generations',
  'days',
  'calls',
  'alerts',
] as const;
export type RetentionKind = (typeof retentionKinds)[number];

const ageOf: Record<RetentionKind, keyof RetentionAges> = {
  interactions: 'interactionsDays',
  'idempotency-keys': 'idempotencyDays',
  'replaced-generations': 'supersededDays',
  'given-up-generations': 'supersededDays',
  days: 'experiencesDays',
  calls: 'costsDays',
  alerts: 'alertsDays',
};

/** Rows from before this time are removed. */
export interface Cutoff {
  instant: Temporal.Instant;
  /** A local date, `YYYY-MM-DD`, for rows that have only a date. */
  date: string;
  /** Today in the zone with the earliest date: earlier dates are over everywhere. */
  today: string;
}

/** The zone with the earliest local date. */
const earliestDateZone = 'Etc/GMT+12';

/**
 * The cutoff for an age in days. Dates are counted in the zone that reaches them last, so that no day is
 * removed too early.
 */
export function cutoffOf(now: Temporal.Instant, days: number): Cutoff {
  const today = localDate(now, earliestDateZone);
  return {
    instant: now.subtract({ hours: 24 * days }),
    date: today.subtract({ days }).toString(),
    today: today.toString(),
  };
}

/** The kinds with a retention age. */
export function agesOf(ages: RetentionAges): { kind: RetentionKind; days: number }[] {
  return retentionKinds.flatMap((kind) => {
    const days = ages[ageOf[kind]];
    return days === null ? [] : [{ kind, days }];
  });
}

export interface RemovedDay {
  character: string;
  date: string;
}

/** Skips rows that are locked by others until the next time, and never blocks readers. */
export interface RetentionRepository {
  /** The number of rows before the cutoff. */
  count(kind: RetentionKind, cutoff: Cutoff): Promise<number>;
  /** Removes up to `limit` rows in one statement, oldest first. Returns the number. */
  remove(kind: Exclude<RetentionKind, 'days'>, cutoff: Cutoff, limit: number): Promise<number>;
  /**
   * Removes up to `limit` days with all generations of their dates, oldest first, except dates with a
   * generation in flight. Call it in a transaction.
   */
  removeDays(cutoff: Cutoff, limit: number): Promise<RemovedDay[]>;
}
