import { type Temporal, TexasError } from '@texas-ai/kernel';
import type { Author, AuthorName } from './author.js';
import { failurePolicies, isProbed, type ProbedCode } from './author-failures.js';

/** An author in a cooldown: it is asked for nothing until then. */
export interface AuthorHold {
  author: AuthorName;
  /** Of the key that was refused or is spent: another key is not held. */
  fingerprint: string;
  /** Where only this model is held; absent where the key is, with every model. */
  model?: string;
  code: 'author_rate_limited' | ProbedCode;
  /** Why, and what an operator can do. */
  reason: string;
  /** Until when; that of a probed code lasts until a probe succeeds, and this is when the next is due. */
  until: Temporal.Instant;
}

/** What is held: a key, or one of its models. */
export type HeldAccess = Pick<AuthorHold, 'author' | 'fingerprint' | 'model'>;

/** The hold that a failure begins. */
export function holdOf(
  { name, fingerprint, model }: Pick<Author, 'name' | 'model'> & { fingerprint: string },
  code: AuthorHold['code'],
  { reason, until }: Pick<AuthorHold, 'reason' | 'until'>,
): AuthorHold {
  const ofModel = failurePolicies[code].cooldownScope === 'model' && model !== null;
  return { author: name, fingerprint, ...(ofModel && { model }), code, reason, until };
}

/** Whether what is held is what this author is asked with. */
export function holds(
  hold: HeldAccess,
  { name, fingerprint, model }: Pick<Author, 'name' | 'fingerprint' | 'model'>,
): boolean {
  return (
    hold.author === name &&
    hold.fingerprint === fingerprint &&
    (hold.model === undefined || hold.model === model)
  );
}

export interface HoldRepository {
  /**
   * Holds the author, or renews the reason; a hold that lasts longer stays, and one that only a probe ends is not shortened
   * by one that ends by itself. Tells whether it was not held before.
   */
  put(hold: AuthorHold): Promise<boolean>;
  /** Also those that are over and not lifted yet. */
  list(): Promise<AuthorHold[]>;
  /**
   * Whether a hold that only a probe ends counts for the author of this name, of whichever key and model:
   * then the days that people wait for go to the next author.
   */
  isRefused(author: AuthorName): Promise<boolean>;
  lift(held: HeldAccess): Promise<void>;
  /** Lifts those that are over; answers how many. */
  liftOver(now: Temporal.Instant): Promise<number>;
  /**
   * Lifts those whose probe has been due since before then and that nobody has probed: no process has
   * their key or model any more. Answers them.
   */
  liftUnused(dueBefore: Temporal.Instant): Promise<HeldAccess[]>;
  /**
   * Takes the probe of a hold whose time has come, for one process alone; the next one comes at `next`.
   * Tells whether it is the caller's.
   */
  takeProbe(held: HeldAccess, now: Temporal.Instant, next: Temporal.Instant): Promise<boolean>;
}

/** Whether the hold is in force at an instant. */
export function isHeld({ code, until }: Pick<AuthorHold, 'code' | 'until'>, now: Temporal.Instant) {
  return isProbed(code) || now.epochMilliseconds < until.epochMilliseconds;
}

/** A rest that is longer is kept by key: a hold of the whole queue would outlast a change of the key. */
const longRestMs = 120_000;

/** Who rests: whoever takes of the author's queue, or the workers with that key or model one by one. */
export function whoRests(code: AuthorHold['code'], restMs: number): 'all' | 'key' {
  return isProbed(code) || restMs > longRestMs ? 'key' : 'all';
}

/** What a call to an author that is held fails with. */
export function heldFailure(hold: AuthorHold, now: Temporal.Instant): TexasError {
  // At least a moment: the hold may be over by this clock and not yet by the database's.
  const retryAfterMs = Math.max(hold.until.epochMilliseconds - now.epochMilliseconds, 1);
  return new TexasError('author_held', hold.reason, { details: { code: hold.code, retryAfterMs } });
}
