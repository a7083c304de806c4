import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { makeProbe } from './probe.js';

describe('a probe', () => {
  beforeAll(() => void jest.useFakeTimers());
  afterAll(() => void jest.useRealTimers());

  it('resolves with the result, or undefined after a failure', async () => {
    expect(await makeProbe(async () => 7)()).toBe(7);
    expect(await makeProbe(() => Promise.reject(new Error('away')))()).toBeUndefined();
  });

  it('waits 1.5 s, and starts no second check meanwhile', async () => {
    let checks = 0;
    const probe = makeProbe(() => {
      checks++;
      return new Promise<never>(() => undefined);
    });
    for (const _time of [1, 2, 3]) {
      const result = probe();
      await jest.advanceTimersByTimeAsync(1_500);
      expect(await result).toBeUndefined();
    }
    expect(checks).toBe(1);
  });

  it('shares a result for a second, then checks again', async () => {
    let checks = 0;
    const probe = makeProbe(async () => ++checks);
    expect(await Promise.all([probe(), probe(), probe()])).toEqual([1, 1, 1]);
    await jest.advanceTimersByTimeAsync(900);
    expect(await probe()).toBe(1);
    await jest.advanceTimersByTimeAsync(100);
    expect(await probe()).toBe(2);
  });
});
