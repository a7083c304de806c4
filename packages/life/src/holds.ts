import type { ErrorCode, Temporal } from '@texas-ai/kernel';
import { TexasError } from '@texas-ai/kernel';
import type { AuthorName } from './author.js';

/** An author that rests: it is asked for nothing until then. */
export interface AuthorHold {
  author: AuthorName;
  /** Of the key that was refused or is spent: another key is not held. */
  fingerprint: string;
  code: Extract<ErrorCode, 'author_rate_limited' | 'author_unauthorized'>;
  /** Why, in one plain sentence. */
  reason: string;
  /** Until when; a refused key is held on until it was probed with success. */
  until: Temporal.Instant;
}

export interface HoldRepository {
  /**
   * Holds the author; a hold that lasts longer stays, and a refused key stays refused. Tells whether
   * it was not held before.
   */
  put(hold: AuthorHold): Promise<boolean>;
  /** Also those that are over and not lifted yet. */
  list(): Promise<AuthorHold[]>;
  lift(hold: Pick<AuthorHold, 'author' | 'fingerprint'>): Promise<void>;
  /** Lifts those that are over; answers how many. */
  liftOver(now: Temporal.Instant): Promise<number>;
  /**
   * Lifts those of refused keys whose trial has been due since before then and that nobody has tried:
   * no process has them any more. Answers them.
   */
  liftUnused(dueBefore: Temporal.Instant): Promise<Pick<AuthorHold, 'author' | 'fingerprint'>[]>;
  /**
   * Takes the trial of a refused key whose time has come, for one process alone; the next one comes
   * at `next`. Tells whether it is the caller's.
   */
  takeProbe(
    key: Pick<AuthorHold, 'author' | 'fingerprint'>,
    now: Temporal.Instant,
    next: Temporal.Instant,
  ): Promise<boolean>;
}

/** Whether the hold is in force at an instant. */
export function isHeld({ code, until }: Pick<AuthorHold, 'code' | 'until'>, now: Temporal.Instant) {
  return code === 'author_unauthorized' || now.epochMilliseconds < until.epochMilliseconds;
}

/** A rest that is longer is kept by key: a hold of the whole queue would outlast a change of the key. */
const longRestMs = 120_000;

/** Who rests: whoever takes of the author's queue, or the workers with that key one by one. */
export function whoRests(code: AuthorHold['code'], restMs: number): 'all' | 'key' {
  return code === 'author_unauthorized' || restMs > longRestMs ? 'key' : 'all';
}

/** What a call to an author that is held fails with. */
export function heldFailure(hold: AuthorHold, now: Temporal.Instant): TexasError {
  // At least a moment: the hold may be over by this clock and not yet by the database's.
  const retryAfterMs = Math.max(hold.until.epochMilliseconds - now.epochMilliseconds, 1);
  return new TexasError('author_held', hold.reason, { details: { code: hold.code, retryAfterMs } });
}
