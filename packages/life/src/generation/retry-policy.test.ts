import { expect, test } from '@jest/globals';
import { type ErrorCode, TexasError } from '@texas-ai/kernel';
import fc from 'fast-check';
import { cooldownMs, failureKind, isLastTry, retryDelayMs } from './retry-policy.js';

const failure = (code: ErrorCode, details: Record<string, unknown> = {}) =>
  new TexasError(code, 'It failed.', { details });

test.each([
  ['author_timeout', {}, 'retryable'],
  ['call_in_flight', {}, 'free'],
  ['author_unreachable', {}, 'retryable'],
  ['author_invalid_output', {}, 'retryable'],
  ['author_http_error', { status: 500 }, 'retryable'],
  ['author_overloaded', { status: 503 }, 'retryable'],
  ['author_output_truncated', {}, 'retryable'],
  ['weather_unavailable', {}, 'retryable'],
  ['author_http_error', { status: 404 }, 'final'],
  ['author_http_error', {}, 'final'],
  ['author_unauthorized', {}, 'final'],
  ['author_model_unavailable', {}, 'final'],
  ['author_quota_unavailable', {}, 'final'],
  ['author_balance_exhausted', {}, 'final'],
  ['author_location_unsupported', {}, 'final'],
  ['author_blocked', {}, 'final'],
  ['author_call_cap', {}, 'final'],
  ['budget_exhausted', {}, 'final'],
  ['invalid_payload', {}, 'final'],
  ['step_stalled', {}, 'final'],
  ['internal_error', {}, 'final'],
  ['author_rate_limited', {}, 'cooldown'],
  ['author_held', {}, 'cooldown'],
  ['storage_unavailable', {}, 'free'],
  ['queue_unavailable', {}, 'free'],
  ['aborted', {}, 'free'],
] as const)('%s %j is %s', (code, details, kind) => {
  expect(failureKind(failure(code, details))).toBe(kind);
});

test('an unknown error is final', () => {
  expect(failureKind(new TypeError('x is undefined'))).toBe('final');
});

test('retryable failures have four tries, final ones one, free ones no limit', () => {
  expect([1, 2, 3, 4].map((failures) => isLastTry('retryable', failures))).toEqual([
    false,
    false,
    false,
    true,
  ]);
  expect([1, 2].map((failures) => isLastTry('retryable', failures, 2))).toEqual([false, true]);
  expect(isLastTry('final', 1)).toBe(true);
  expect(isLastTry('free', 100)).toBe(false);
  expect(isLastTry('cooldown', 100)).toBe(false);
});

test('delays are about 15, 60 and 240 s, and at most 600 s', () => {
  expect([1, 2, 3, 4, 5].map((failures) => retryDelayMs(failures, () => 0.5))).toEqual([
    15_000, 60_000, 240_000, 600_000, 600_000,
  ]);
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 50 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (n, r) => {
        const ms = retryDelayMs(n, () => r);
        expect(ms).toBeGreaterThanOrEqual(12_000);
        expect(ms).toBeLessThanOrEqual(600_000);
      },
    ),
  );
});

test('a cooldown is a little longer than requested, and a minute by default', () => {
  expect(cooldownMs(34_070, () => 0)).toBe(34_170);
  expect(cooldownMs(34_070, () => 1)).toBe(35_874);
  expect(cooldownMs(undefined, () => 0)).toBe(60_100);
  expect(cooldownMs(-1, () => 0)).toBe(60_100);
});
