import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { makeLogSpy } from '@texas-ai/testing';
import { makeRestoreDetector } from './detect-restore.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

test('the cache is cleared when the database is replaced, and again a little later', async () => {
  let name: string | null = '1';
  let cleared = 0;
  const logger = makeLogSpy();
  const detector = makeRestoreDetector({
    identity: async () => name ?? Promise.reject(new Error('away')),
    cache: {
      async clear() {
        cleared += 1;
      },
    },
    logger,
  });
  detector.start();
  await jest.advanceTimersByTimeAsync(4_000);
  name = null;
  await jest.advanceTimersByTimeAsync(2_000);
  name = '1';
  await jest.advanceTimersByTimeAsync(2_000);
  expect(cleared).toBe(0);
  name = '2';
  await jest.advanceTimersByTimeAsync(2_000);
  expect(cleared).toBe(1);
  await jest.advanceTimersByTimeAsync(20_000);
  expect(cleared).toBe(2);
  expect(logger.lines).toHaveLength(1);
  detector.close();
});
