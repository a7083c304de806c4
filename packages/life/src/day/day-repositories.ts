import type { Temporal } from '@texas-ai/kernel';
import type { Day, DaySummary, Interaction, InteractionStatus } from './day.js';
import type { MajorEvent, MajorEventRecord } from './major-event.js';

// Every method may reject with `storage_unavailable`.

export interface DayRepository {
  find(character: string, date: Temporal.PlainDate): Promise<Day | null>;
  /** Sorted by (date, id of the live generation), newest first. */
  list(query: ListQuery): Promise<DaySummary[]>;
  /** The number of planned characters without a live day of their local today. */
  charactersWithout(now: Temporal.Instant): Promise<number>;
  /**
   * Planned characters without a live day of their local today whose planning time passed at least
   * `minutes` ago; `some` are a few of their ids. `planningTime` is local, minutes since midnight.
   */
  missing(
    now: Temporal.Instant,
    planningTime: number,
    minutes: number,
  ): Promise<{ count: number; some: string[] }>;
}

/** The position of an entry in a list sorted by (date, id), newest first. */
export interface ListPosition {
  date: Temporal.PlainDate;
  id: string;
}

export interface ListQuery {
  character: string;
  /** First and last local date, both included. */
  from?: Temporal.PlainDate | undefined;
  to?: Temporal.PlainDate | undefined;
  /** Only the entries after this one. */
  after?: ListPosition | undefined;
  limit: number;
}

export interface MajorEventRepository {
  /** Stores the event unless it overlaps a stored one; returns the stored event that covers its first day. */
  add(character: string, event: MajorEvent): Promise<MajorEvent | null>;
  /** Sorted by (start date, id), newest first; `from` and `to` bound the start date. */
  list(query: ListQuery): Promise<MajorEventRecord[]>;
}

export interface InteractionQuery {
  character: string;
  date?: Temporal.PlainDate | undefined;
  status?: InteractionStatus | undefined;
  after?: ListPosition | undefined;
  limit: number;
}

export interface InteractionRepository {
  /** Interactions of live days, sorted by (date, id), newest first. */
  list(query: InteractionQuery): Promise<Interaction[]>;
}
