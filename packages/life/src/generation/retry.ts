import { asTexasError, type ErrorCode } from '@texas-ai/kernel';
import { triesPerStep } from '../authoring/ask-author.js';
import { policyOf } from '../authoring/author-failures.js';

/** Failures that are nobody's fault: they are tried again and cost no try. */
const freeCodes: ReadonlySet<ErrorCode> = new Set([
  'storage_unavailable',
  'queue_unavailable',
  'call_in_flight',
  'aborted',
]);

/** What a failure means for the step that met it. */
export type FailureKind = 'free' | 'held' | 'retryable' | 'final';

const kindOfStep = { retry: 'retryable', wait: 'held', 'give up': 'final' } as const;

/** HTTP errors of an author are worth another try where they are the server's own (5xx). */
export function kindOf(failure: unknown): FailureKind {
  const { code, details } = asTexasError(failure);
  if (freeCodes.has(code)) return 'free';
  if (code === 'author_held') return 'held';
  if (code === 'weather_unavailable') return 'retryable';
  const policy = policyOf(code);
  if (!policy) return 'final';
  const refused = code === 'author_http_error' && !(Number(details.status) >= 500);
  return refused ? 'final' : kindOfStep[policy.step];
}

/** Whether a step is given up after so many failures that count, this one included. */
export function isLastTry(kind: FailureKind, failures: number, maxTries = triesPerStep): boolean {
  return kind === 'final' || (kind === 'retryable' && failures >= maxTries);
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
