import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { type ErrorCode, TexasError } from '@texas-ai/kernel';
import { isRetryable, retryDelayMs, type Store } from '@texas-ai/life';
import { makeLogSpy } from '@texas-ai/testing';
import { around } from './around.js';
import { makeSettle } from './settle.js';

/** A store that counts tries and remembers what was failed. */
function settling(tries: number) {
  const failed: unknown[][] = [];
  const generations = {
    triesOf: async () => tries,
    forgiveTry: async () => undefined,
    async fail(...values: unknown[]) {
      failed.push(values);
      return true;
    },
  };
  const logger = makeLogSpy();
  const store = { generations } as unknown as Pick<Store, 'generations'>;
  const progressed: string[] = [];
  const onProgress = (id: string) => progressed.push(id);
  return { settle: makeSettle({ store, logger, onProgress }), failed, progressed, logger };
}

const payload = { version: 1, generationId: randomUUID(), run: 2, requestId: null, chapter: 1 };

describe('a job that failed', () => {
  test('and may pass waits longer from try to try', async () => {
    const delays = [];
    for (const tries of [1, 2, 3]) {
      const { settle } = settling(tries);
      const failure = new TexasError('author_timeout', 'Too slow.');
      delays.push(await settle({ name: 'write-chapter', payload }, failure));
    }
    expect(delays.map(({ over }) => over)).toEqual([false, false, false]);
    const [first, second, third] = delays.map(({ delayMs }) => delayMs / 1000);
    expect(Math.abs((first ?? 0) - 15)).toBeLessThanOrEqual(3);
    expect(Math.abs((second ?? 0) - 60)).toBeLessThanOrEqual(12);
    expect(Math.abs((third ?? 0) - 240)).toBeLessThanOrEqual(48);
  });

  test('for the last time fails its generation, with code and our own words', async () => {
    const { settle, failed, logger } = settling(4);
    const failure = new TexasError('author_timeout', 'Too slow.');
    expect(await settle({ name: 'write-chapter', payload }, failure)).toMatchObject({ over: true });
    expect(failed).toEqual([[payload.generationId, 2, 'author_timeout', 'Too slow.']]);
    expect(logger.lines.map(({ level }) => level)).toEqual(['error']);
  });

  test('by its payload fails the generation that it names, at once', async () => {
    const { settle, failed } = settling(0);
    const failure = new TexasError('invalid_payload', 'The payload is wrong.');
    const broken = { generationId: payload.generationId, run: 'two' };
    expect(await settle({ name: 'plan-day', payload: broken }, failure)).toMatchObject({
      over: true,
    });
    expect(failed).toEqual([[payload.generationId, null, 'invalid_payload', failure.message]]);
    const nameless = await settle({ name: 'plan-day', payload: 'what?' }, failure);
    expect(nameless.over).toBe(true);
    expect(failed).toHaveLength(1);
  });
});

describe('the retry policy', () => {
  const failure = (code: ErrorCode, details: Record<string, unknown> = {}) =>
    new TexasError(code, 'It failed.', { details });

  test.each([
    ['author_timeout', {}, true],
    ['author_unreachable', {}, true],
    ['author_rate_limited', {}, true],
    ['author_invalid_output', {}, true],
    ['author_http_error', { status: 503 }, true],
    ['author_http_error', { status: 404 }, false],
    ['author_unauthorized', {}, false],
    ['author_blocked', {}, false],
    ['invalid_payload', {}, false],
    ['internal_error', {}, false],
  ] as const)('%s %j: %s', (code, details, retryable) => {
    expect(isRetryable(failure(code, details))).toBe(retryable);
  });

  test('a wait that the provider names is kept, never more than 600 s', () => {
    const named = failure('author_rate_limited', { retryAfterMs: 34_000 });
    expect(retryDelayMs(named, 1, () => 0)).toBe(34_000);
    const long = failure('author_rate_limited', { retryAfterMs: 86_400_000 });
    expect(retryDelayMs(long, 1, () => 1)).toBe(600_000);
    expect(retryDelayMs(failure('author_timeout'), 9, () => 1)).toBe(600_000);
  });
});

test('every job is one line', async () => {
  const logger = makeLogSpy();
  await around(logger)({ name: 'plan-day', id: 'a', payload }, async () => undefined);
  expect(logger.lines.map(({ level, message }) => [level, message])).toEqual([
    ['info', 'step done'],
  ]);
});
