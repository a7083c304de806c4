import { asTexasError, type ErrorCode } from '@texas-ai/kernel';
import { triesPerStep } from './ask-author.js';

const retryableCodes: ReadonlySet<ErrorCode> = new Set([
  'author_timeout',
  'author_rate_limited',
  'author_unreachable',
  'author_invalid_output',
  'storage_unavailable',
  'queue_unavailable',
  'weather_unavailable',
  'aborted',
]);

/** Whether trying the same step again may help. HTTP errors of an author: only 5xx. */
export function isRetryable(failure: unknown): boolean {
  const { code, details } = asTexasError(failure);
  if (code === 'author_http_error')
    return typeof details.status === 'number' && details.status >= 500;
  return retryableCodes.has(code);
}

const firstDelayMs = 15_000;
const maxDelayMs = 600_000;

/**
 * Milliseconds to wait after the given failed try (1 for the first): about 15, 60, 240 s with a
 * jitter of a fifth, or as long as the provider asked for; never more than 600 s.
 */
export function retryDelayMs(failure: unknown, tries: number, random: () => number): number {
  const named = asTexasError(failure).details.retryAfterMs;
  const base = typeof named === 'number' ? named : firstDelayMs * 4 ** (Math.max(tries, 1) - 1);
  const jitter = typeof named === 'number' ? random() * 0.1 : (random() - 0.5) * 0.4;
  return Math.round(Math.min(base * (1 + jitter), maxDelayMs));
}

/** Failures that are nobody's fault: they are tried again and cost no try. */
const freeCodes: ReadonlySet<ErrorCode> = new Set([
  'storage_unavailable',
  'queue_unavailable',
  'aborted',
]);

export function isFree(failure: unknown): boolean {
  return freeCodes.has(asTexasError(failure).code);
}

/** Whether a step that failed on this try (1 for the first) is given up. */
export function isLastTry(failure: unknown, tries: number): boolean {
  if (isFree(failure)) return false;
  return !isRetryable(failure) || tries >= triesPerStep;
}
