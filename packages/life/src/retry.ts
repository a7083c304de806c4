import { asTexasError, type ErrorCode } from '@texas-ai/kernel';
import { triesPerStep } from './ask-author.js';

const retryableCodes: ReadonlySet<ErrorCode> = new Set([
  'author_timeout',
  'author_unreachable',
  'author_invalid_output',
  'weather_unavailable',
]);

/** Failures that are nobody's fault: they are tried again and cost no try. */
const freeCodes: ReadonlySet<ErrorCode> = new Set([
  'storage_unavailable',
  'queue_unavailable',
  'call_in_flight',
  'aborted',
]);

/** Failures that say the author rests: the whole queue waits, which costs no try. */
const heldCodes: ReadonlySet<ErrorCode> = new Set(['author_rate_limited', 'author_held']);

/** What a failure means for the step that met it. */
export type FailureKind = 'free' | 'held' | 'retryable' | 'final';

/** HTTP errors of an author are worth another try where they are the server's own (5xx). */
export function kindOf(failure: unknown): FailureKind {
  const { code, details } = asTexasError(failure);
  if (freeCodes.has(code)) return 'free';
  if (heldCodes.has(code)) return 'held';
  if (code === 'author_http_error') {
    return typeof details.status === 'number' && details.status >= 500 ? 'retryable' : 'final';
  }
  return retryableCodes.has(code) ? 'retryable' : 'final';
}

/** Whether a step is given up after so many failures that count, this one included. */
export function isLastTry(kind: FailureKind, failures: number): boolean {
  return kind === 'final' || (kind === 'retryable' && failures >= triesPerStep);
}

const mostDelayMs = 600_000;
const jitter = 0.2;

/**
 * Milliseconds to wait after so many failures (1 for the first): about 15, 60, 240 s with a first
 * delay of 15 s, each a fifth more or less by chance (`random` in 0-1), never more than 600 s.
 */
export function retryDelayMs(failures: number, random: () => number, firstMs = 15_000): number {
  const base = firstMs * 4 ** (Math.max(failures, 1) - 1);
  return Math.round(Math.min(base * (1 + (random() * 2 - 1) * jitter), mostDelayMs));
}

/** How long an author rests that named so many milliseconds: a little longer, since clocks differ. */
export function restMs(named: unknown, random: () => number): number {
  const asked = typeof named === 'number' && named > 0 ? named : 60_000;
  return Math.round(asked + 100 + random() * Math.min(asked * 0.05, 5_000));
}
