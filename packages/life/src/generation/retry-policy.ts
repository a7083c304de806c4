import { asTexasError, type ErrorCode, TexasError } from '@texas-ai/kernel';
import { triesPerStep } from '../authoring/ask-author.js';
import { policyOf } from '../authoring/author-failures.js';

/** Failures that the step did not cause: it is retried without losing a try. */
const freeCodes: ReadonlySet<ErrorCode> = new Set([
  'storage_unavailable',
  'queue_unavailable',
  'call_in_flight',
  'aborted',
]);

/** How a failure of a step is handled. */
export type FailureKind = 'free' | 'cooldown' | 'retryable' | 'final';

const kindOfStep = { retry: 'retryable', wait: 'cooldown', 'give up': 'final' } as const;

/** An author's HTTP error is retryable if it is the server's own (5xx). */
export function failureKind(failure: unknown): FailureKind {
  const { code, details } = asTexasError(failure);
  if (freeCodes.has(code)) return 'free';
  if (code === 'author_held') return 'cooldown';
  if (code === 'weather_unavailable') return 'retryable';
  const policy = policyOf(code);
  if (!policy) return 'final';
  const refused = code === 'author_http_error' && !(Number(details.status) >= 500);
  return refused ? 'final' : kindOfStep[policy.step];
}

/** Whether a step is given up after this number of counted failures. */
export function isLastTry(kind: FailureKind, failures: number, maxTries = triesPerStep): boolean {
  return kind === 'final' || (kind === 'retryable' && failures >= maxTries);
}

const maxDelayMs = 600_000;
const jitter = 0.2;

/**
 * Milliseconds to wait after this number of failures (1 for the first): about 15, 60, 240 s with a first
 * delay of 15 s, with a jitter of a fifth (`random` in 0-1), at most 600 s.
 */
export function retryDelayMs(failures: number, random: () => number, firstMs = 15_000): number {
  const base = firstMs * 4 ** (Math.max(failures, 1) - 1);
  return Math.round(Math.min(base * (1 + (random() * 2 - 1) * jitter), maxDelayMs));
}

/** The cooldown after `Retry-After`, in milliseconds: a little longer than requested, since clocks differ. */
export function cooldownMs(retryAfterMs: unknown, random: () => number): number {
  const requested = typeof retryAfterMs === 'number' && retryAfterMs > 0 ? retryAfterMs : 60_000;
  return Math.round(requested + 100 + random() * Math.min(requested * 0.05, 5_000));
}

/** How often a step may be started without ever ending. */
const maxOpenTries = 20;

/**
 * Throws `step_stalled` if too many tries of a step never ended: a step that kills its workers must not
 * go on for ever.
 */
export function assertNotStalled(tries: number): void {
  if (tries <= maxOpenTries) return;
  throw new TexasError('step_stalled', `The step was started ${tries} times and never ended.`);
}
