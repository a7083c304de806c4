import type { Temporal } from '@texas-ai/kernel';
import type { Yesterday } from './brief.js';
import type { Day, DaySummary, Interaction, InteractionStatus } from './day.js';
import type { MajorEvent, MajorEventRecord } from './major-event.js';

// Every method may reject with `storage_unavailable`.

export interface DayRepository {
  find(character: string, date: Temporal.PlainDate): Promise<Day | null>;
  /** What the day was like, without its experiences. */
  outline(character: string, date: Temporal.PlainDate): Promise<Yesterday | null>;
  /** Newest first, by (date, id of the live generation). */
  list(query: ListQuery): Promise<DaySummary[]>;
  /** The number of planned characters without a live day of their local today. */
  charactersWithout(now: Temporal.Instant): Promise<number>;
  /**
   * Planned characters without a live day of their local today whose planning time passed at least so
   * many minutes ago; `some` has a few of their ids. `planningTime` is local, in minutes.
   */
  missing(
    now: Temporal.Instant,
    planningTime: number,
    minutes: number,
  ): Promise<{ count: number; some: string[] }>;
  /** Points the day at a published generation and collects its interactions. */
  publish(generation: { id: string; character: string; date: Temporal.PlainDate }): Promise<void>;
}

/** A place in a list that is sorted by (date, id), newest first. */
export interface ListPlace {
  date: Temporal.PlainDate;
  id: string;
}

export interface ListQuery {
  character: string;
  /** First and last local date, both included. */
  from?: Temporal.PlainDate | undefined;
  to?: Temporal.PlainDate | undefined;
  /** Only what comes after this place. */
  after?: ListPlace | undefined;
  limit: number;
}

export interface MajorEventRepository {
  /** The event that a date is part of. */
  covering(character: string, date: Temporal.PlainDate): Promise<MajorEvent | null>;
  /** Stores the event unless it overlaps a stored one; returns the one that covers its first day. */
  add(character: string, event: MajorEvent): Promise<MajorEvent | null>;
  /** Newest first, by (start date, id); `from` and `to` bound the start date. */
  list(query: ListQuery): Promise<MajorEventRecord[]>;
}

export interface InteractionQuery {
  character: string;
  date?: Temporal.PlainDate | undefined;
  status?: InteractionStatus | undefined;
  after?: ListPlace | undefined;
  limit: number;
}

export interface InteractionRepository {
  /** Those of live days, newest first, by (date, id). */
  list(query: InteractionQuery): Promise<Interaction[]>;
}
