import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { makeProbe } from './probe.js';

describe('a probe', () => {
  beforeAll(() => void jest.useFakeTimers());
  afterAll(() => void jest.useRealTimers());

  it('answers with what it was told, and with nothing after a failure', async () => {
    expect(await makeProbe(async () => 7)()).toBe(7);
    expect(await makeProbe(() => Promise.reject(new Error('away')))()).toBeUndefined();
  });

  it('waits 1.5 s for an answer and asks no second time while it waits', async () => {
    let asked = 0;
    const probe = makeProbe(() => {
      asked++;
      return new Promise<never>(() => undefined);
    });
    for (const _time of [1, 2, 3]) {
      const answer = probe();
      await jest.advanceTimersByTimeAsync(1_500);
      expect(await answer).toBeUndefined();
    }
    expect(asked).toBe(1);
  });

  it('shares an answer for a second, then asks again', async () => {
    let asked = 0;
    const probe = makeProbe(async () => ++asked);
    expect(await Promise.all([probe(), probe(), probe()])).toEqual([1, 1, 1]);
    await jest.advanceTimersByTimeAsync(900);
    expect(await probe()).toBe(1);
    await jest.advanceTimersByTimeAsync(100);
    expect(await probe()).toBe(2);
  });
});
