import type { ErrorCode, Temporal } from '@texas-ai/kernel';
import type { AuthorName } from '../authoring/author.js';
import type { Generation } from './generation.js';
import type { GenerationNeeds } from './steps.js';

/** Why another author finishes a generation, or why it failed. */
export interface FailureReason {
  code: ErrorCode;
  message: string;
}

/** A generation that is overdue: its own author is in a cooldown, or no worker can call it. */
export type OverdueGeneration = FailureReason & { id: string };

/** The states of generations. Every method may reject with `storage_unavailable`. */
export interface GenerationRepository {
  find(id: string): Promise<Generation | null>;
  findAll(ids: readonly string[]): Promise<Generation[]>;
  /** The generation and its next needs; null if there is none with this id. */
  needs(id: string): Promise<GenerationNeeds | null>;
  cancel(id: string): Promise<void>;
  /** Fails a generation in flight, of this run unless it is null. Returns null if there was none. */
  fail(id: string, run: number | null, reason: FailureReason): Promise<Generation | null>;
  /**
   * Hands a generation that still needs an author, of this run unless it is null, to the offline author
   * under a new run. Returns null if there was none.
   */
  fallBack(id: string, run: number | null, reason: FailureReason): Promise<GenerationNeeds | null>;
  /**
   * From `publishing` to `published`: points the day at it and collects its interactions, all or nothing.
   * Null if it was not publishing.
   */
  publish(id: string): Promise<Generation | null>;
  /** Published before `before` and not yet announced, oldest first. */
  unannounced(before: Temporal.Instant, limit: number): Promise<Generation[]>;
  markAnnounced(id: string): Promise<void>;

  /** Records that a worker is busy with this run. */
  touch(id: string, run: number): Promise<void>;
  touchAll(ids: readonly string[]): Promise<void>;
  /** In flight and not touched since then, oldest first. */
  staleSince(since: Temporal.Instant, limit: number): Promise<GenerationNeeds[]>;
  /** Starts a new run of those still in flight and not touched since then: their jobs were lost. */
  restartStale(ids: readonly string[], since: Temporal.Instant): Promise<GenerationNeeds[]>;

  /**
   * Generations in flight whose author is in a cooldown or not `available`, once their time to fall back
   * has come. Generations that a person requested do not wait for that time if the cooldown has one of the
   * codes in `atOnce`.
   */
  overdue(query: {
    now: Temporal.Instant;
    available: readonly AuthorName[];
    atOnce: readonly ErrorCode[];
    limit: number;
  }): Promise<OverdueGeneration[]>;
  /**
   * Published generations for today and later, in the character's time zone, that another author finished
   * in place of this one, which can write again. Excludes dates that were already rewritten.
   */
  toRewrite(author: AuthorName, now: Temporal.Instant, limit: number): Promise<Generation[]>;
  markRewritten(id: string): Promise<void>;
}
