import { type Temporal, TexasError } from '@texas-ai/kernel';
import type { Author, AuthorName } from './author.js';
import { failurePolicies, isProbed, type ProbedCode } from './author-failures.js';

/** The scope of a cooldown: a key with all its models, or with one model. */
export interface CooldownTarget {
  author: AuthorName;
  /** Identifies the key without revealing it. */
  fingerprint: string;
  /** Absent if the cooldown applies to all models of the key. */
  model?: string;
}

/** A period in which an author is not called. */
export interface Cooldown extends CooldownTarget {
  code: 'author_rate_limited' | ProbedCode;
  /** The cause, and what an operator can do. */
  reason: string;
  /** The end; for a probed code, which only a successful probe ends, the time of the next probe. */
  until: Temporal.Instant;
}

/** The cooldown that begins with a failure of this author. */
export function cooldownFor(
  { name, fingerprint, model }: Pick<Author, 'name' | 'model'> & { fingerprint: string },
  code: Cooldown['code'],
  { reason, until }: Pick<Cooldown, 'reason' | 'until'>,
): Cooldown {
  const ofModel = failurePolicies[code].cooldownScope === 'model' && model !== null;
  return { author: name, fingerprint, ...(ofModel && { model }), code, reason, until };
}

/** Whether the cooldown applies to calls with this key and model. */
export function appliesTo(
  target: CooldownTarget,
  { name, fingerprint, model }: Pick<Author, 'name' | 'fingerprint' | 'model'>,
): boolean {
  return (
    target.author === name &&
    target.fingerprint === fingerprint &&
    (target.model === undefined || target.model === model)
  );
}

/** Every method may reject with `storage_unavailable`. */
export interface CooldownRepository {
  /**
   * Begins the cooldown, or extends one and updates its reason; never shortens one, and never replaces
   * one that only a probe ends by one that ends on time. Returns whether there was none before.
   */
  begin(cooldown: Cooldown): Promise<boolean>;
  /** Includes expired cooldowns that are not yet removed. */
  list(): Promise<Cooldown[]>;
  /**
   * Whether a cooldown that only a probe ends applies to this author, with any key and model. If so, days
   * that people are waiting for go to the fallback author.
   */
  isRefused(author: AuthorName): Promise<boolean>;
  end(target: CooldownTarget): Promise<void>;
  /** Removes expired timed cooldowns; returns their number. */
  expire(now: Temporal.Instant): Promise<number>;
  /**
   * Removes and returns the cooldowns whose probe was due before then: no process uses their key or model
   * any more.
   */
  removeAbandoned(dueBefore: Temporal.Instant): Promise<CooldownTarget[]>;
  /**
   * Claims a due probe and schedules the next one at `next`. Returns true for one process, which makes the
   * probe.
   */
  claimProbe(
    target: CooldownTarget,
    now: Temporal.Instant,
    next: Temporal.Instant,
  ): Promise<boolean>;
}

export function isCoolingDown(
  { code, until }: Pick<Cooldown, 'code' | 'until'>,
  now: Temporal.Instant,
): boolean {
  return isProbed(code) || now.epochMilliseconds < until.epochMilliseconds;
}

/** A longer cooldown applies per key: if the whole queue were paused, a new key would have to wait too. */
const longCooldownMs = 120_000;

/** Who must wait: all workers of the author's queue, or only those with this key or model. */
export function queuePauseScope(code: Cooldown['code'], ms: number): 'all' | 'key' {
  return isProbed(code) || ms > longCooldownMs ? 'key' : 'all';
}

/** The failure of a call that a cooldown prevents. */
export function cooldownFailure(cooldown: Cooldown, now: Temporal.Instant): TexasError {
  const { code, reason, until } = cooldown;
  // At least 1 ms: the cooldown may be over by this clock and not yet by the database's.
  const retryAfterMs = Math.max(until.epochMilliseconds - now.epochMilliseconds, 1);
  return new TexasError('author_held', reason, { details: { code, retryAfterMs } });
}
