import { localDate, type Temporal } from '@texas-ai/kernel';

// What is kept for how long. Lives are kept for ever unless somebody says otherwise.

/** How many days each is kept; null for ever. */
export interface RetentionAges {
  /** Generations that a newer one replaced, since then, and those that failed or were cancelled. */
  supersededDays: number | null;
  /** Whole days of a life, with all that belongs to their dates. */
  experiencesDays: number | null;
  /** Interactions alone, by the date of their day. */
  interactionsDays: number | null;
  /** The ledger's calls, by the day they were spent on. Its sums stay. */
  costsDays: number | null;
  /** How long a repeat with the same key is known. */
  idempotencyDays: number | null;
  /** Alerts, since they recovered. */
  alertsDays: number | null;
}

/**
 * What is removed, in the order in which that is done: what would fall with something else comes
 * before it, so that each is counted once, where it belongs.
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

/** What lies before has its age. */
export interface Cutoff {
  instant: Temporal.Instant;
  /** A local date, `YYYY-MM-DD`, for what has a date and no instant. */
  date: string;
  /** Today where it is earliest on Earth: earlier dates are over everywhere. */
  today: string;
}

/** Where it becomes the next day last. */
const latestZone = 'Etc/GMT+12';

/** What is older than so many days. A date counts by the zone that reaches it last: never too early. */
export function cutoffOf(now: Temporal.Instant, days: number): Cutoff {
  const today = localDate(now, latestZone);
  return {
    instant: now.subtract({ hours: 24 * days }),
    date: today.subtract({ days }).toString(),
    today: today.toString(),
  };
}

/** The kinds that have an age, each with it. */
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

/** What others have locked is left for the next time; nobody waits, and who reads never does. */
export interface RetentionRepository {
  /** How many are that old. */
  count(kind: RetentionKind, cutoff: Cutoff): Promise<number>;
  /** Removes the oldest, so many at most, in one statement; fewer where there are no more. */
  remove(kind: Exclude<RetentionKind, 'days'>, cutoff: Cutoff, most: number): Promise<number>;
  /**
   * Removes the oldest days with all generations of their dates. A date with a generation in flight
   * stays as it is. To be done in a transaction.
   */
  removeDays(cutoff: Cutoff, most: number): Promise<RemovedDay[]>;
}
