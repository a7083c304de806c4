import { describe, expect, test } from '@jest/globals';
import { type ErrorCode, Temporal, TexasError } from '@texas-ai/kernel';
import { failureKind } from '@texas-ai/life';
import { classifyFailure } from './classify-failure.js';

const now = Temporal.Instant.from('2026-11-23T20:00:00Z');
const apiKey = 'AQ.canary-0123456789';
const classify = (failure: unknown) =>
  classifyFailure(failure, { now, apiKey, model: 'gemini-2.5-flash' });

/** As thrown by the library: the message is the body. */
function http(status: number, ...details: unknown[]): Error {
  const error = { code: status, message: `it says ${apiKey}`, status: 'UNKNOWN', details };
  const failure = new Error(JSON.stringify({ error }));
  return Object.assign(failure, { name: 'ApiError', status });
}

const badKey = { '@type': 'ErrorInfo', reason: 'API_KEY_INVALID' };
const perDay = { violations: [{ quotaId: 'RequestsPerDay' }] };

const away = (message: string) => new TypeError('fetch failed', { cause: new Error(message) });
const unreachable = ['author_unreachable'] as const;

describe('classifyFailure', () => {
  test.each<[string, unknown, ErrorCode, Record<string, unknown>, string]>([
    ['a wrong key', http(400, badKey), 'author_unauthorized', { status: 400 }, 'final'],
    ['a 401', http(401), 'author_unauthorized', { status: 401 }, 'final'],
    ['a 403', http(403), 'author_unauthorized', { status: 403 }, 'final'],
    ['another 400', http(400, { reason: 'OTHER' }), 'author_http_error', { status: 400 }, 'final'],
    ['a 404 of another server', http(404), 'author_http_error', { status: 404 }, 'final'],
    [
      'a 429',
      http(429, { retryDelay: '3s' }),
      'author_rate_limited',
      { status: 429, retryAfterMs: 3000, daily: false },
      'cooldown',
    ],
    [
      'a spent daily quota',
      http(429, perDay),
      'author_rate_limited',
      { status: 429, retryAfterMs: 43_200_000, daily: true },
      'cooldown',
    ],
    ['a 500', http(500), 'author_http_error', { status: 500 }, 'retryable'],
    ['a 502', http(502), 'author_http_error', { status: 502 }, 'retryable'],
    ['a 503', http(503), 'author_overloaded', { status: 503 }, 'retryable'],
    [
      'no connection',
      away('connect ECONNREFUSED ::1:9'),
      ...unreachable,
      { sent: false },
      'retryable',
    ],
    [
      'an unknown host',
      away('getaddrinfo ENOTFOUND x'),
      ...unreachable,
      { sent: false },
      'retryable',
    ],
    ['a reset', away('read ECONNRESET'), ...unreachable, { sent: true }, 'retryable'],
    ['a broken response', new TypeError('terminated'), ...unreachable, { sent: true }, 'retryable'],
    [
      'a page instead of JSON',
      new SyntaxError('Unexpected token <'),
      'author_invalid_output',
      {},
      'retryable',
    ],
    ['a bug', new TypeError('x is not a function'), 'internal_error', {}, 'final'],
    ['a value that is not an error', 'oops', 'internal_error', {}, 'final'],
  ])('%s', (_, failure, code, details, kind) => {
    const classified = classify(failure);
    expect(classified).toBeInstanceOf(TexasError);
    expect({ code: classified.code, details: classified.details }).toEqual({ code, details });
    expect(failureKind(classified)).toBe(kind);
    expect(classified.cause).toBeInstanceOf(Error);
  });

  test('an error page is classified by its status', () => {
    const failure = Object.assign(new Error('<html>'), { name: 'ApiError', status: 502 });
    expect(classify(failure).details).toEqual({ status: 502 });
  });

  test('the text of a 5xx is only in the cause, and the key nowhere', () => {
    const nested = new TypeError('fetch failed', { cause: new Error(`ECONNREFUSED ${apiKey}`) });
    for (const failure of [http(500), nested]) {
      const { message, cause } = classify(failure);
      expect(message).not.toMatch(/it says|ECONNREFUSED/);
      expect(String(cause)).toMatch(/it says|ECONNREFUSED/);
      expect(`${message} ${(cause as Error).stack}`).not.toContain(apiKey);
    }
  });

  test('a TexasError is returned as it is', () => {
    const failure = new TexasError('author_blocked', 'Stopped.');
    expect(classify(failure)).toBe(failure);
  });
});
