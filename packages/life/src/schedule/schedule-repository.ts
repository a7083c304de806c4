import type { Temporal } from '@texas-ai/kernel';
import type { AuthorName } from '../authoring/author.js';
import type { FailureReason } from '../generation/generation-repository.js';
import type { GenerationNeeds } from '../generation/steps.js';

/** A generation that the schedule begins. */
export interface ScheduledGeneration {
  character: string;
  date: Temporal.PlainDate;
  author: AuthorName;
  fallback: (FailureReason & { from: AuthorName }) | null;
  chaptersWanted: number | null;
  fallbackAt: Temporal.Instant | null;
}

/** A character whose planning time has come. */
export interface DueCharacter {
  id: string;
  timeZone: string;
  /** Earliest waking, local `HH:MM`. */
  wakesAt: string;
}

/** Scheduled planning. Every method may reject with `storage_unavailable`. */
export interface ScheduleRepository {
  /** Characters whose next planning time has come, locked until the transaction ends. */
  due(now: Temporal.Instant, limit: number): Promise<DueCharacter[]>;
  countDue(now: Temporal.Instant): Promise<number>;
  /** Sets the next planning time of each character. */
  planNext(times: ReadonlyMap<string, Temporal.Instant>): Promise<void>;
  /** The characters without a live day or a generation in flight for their date. */
  withoutDay<T extends { id: string; date: Temporal.PlainDate }>(
    characters: readonly T[],
  ): Promise<T[]>;
  /**
   * Begins these, or resumes the newest generation of the date if it failed and has the same author;
   * leaves out dates with a live day or a generation in flight.
   */
  begin(generations: readonly ScheduledGeneration[]): Promise<GenerationNeeds[]>;
}
