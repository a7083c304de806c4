import { beforeEach, describe, expect, test } from '@jest/globals';
import { TexasError } from '@texas-ai/kernel';
import { makeLogSpy } from '@texas-ai/testing';
import { neverAborted } from '../../test/samples.js';
import type { Channel } from '../channels/channel.js';
import { waitForSlot } from './wait-for-slot.js';

const slack: Channel = {
  name: 'slack',
  rateLimit: { messages: 1, seconds: 1 },
  send: async () => 'ok',
};

let passed: number;
let pauses: number[];
let logger: ReturnType<typeof makeLogSpy>;
beforeEach(() => {
  passed = 0;
  pauses = [];
  logger = makeLogSpy();
});

const time = {
  now: () => passed,
  async pause(ms: number) {
    pauses.push(ms);
    passed += ms;
  },
};

/** Returns the next of these on each call, and repeats the last one. */
function wait(...answers: number[]): Promise<number> {
  const acquire = async () => (answers.length > 1 ? answers.shift() : answers[0]) ?? 0;
  return waitForSlot({ acquire, logger }, slack, neverAborted, time);
}

describe('a slot of the rate limit', () => {
  test('that is free is acquired at once', async () => {
    expect(await wait(0)).toBe(0);
    expect(pauses).toEqual([]);
  });

  test('that is free soon is waited for, even if another process is faster', async () => {
    expect(await wait(700, 300, 0)).toBe(0);
    expect(pauses).toEqual([700, 300]);
  });

  test('is waited for at most 20 s in total', async () => {
    expect(await wait(6_000)).toBe(6_000);
    expect(pauses).toEqual([6_000, 6_000, 6_000]);
    expect(await wait(20_000, 0)).toBe(0);
    expect(await wait(20_001)).toBe(20_001);
    expect(pauses.slice(3)).toEqual([20_000]);
  });

  test('is not waited for if the limiter fails', async () => {
    const error = new TexasError('queue_unavailable', 'The queue does not respond.');
    const acquire = () => Promise.reject(error);
    expect(await waitForSlot({ acquire, logger }, slack, neverAborted, time)).toBe(0);
    expect(logger.lines).toEqual([
      {
        level: 'warn',
        message: 'rate limiter failed, sending at once',
        fields: { channel: 'slack', error },
      },
    ]);
  });
});

test('the wait ends in real time, or on abort', async () => {
  const answers = [1, 1, 19_000];
  const stop = new AbortController();
  const acquire = async () => {
    const [answer = 0] = answers.splice(0, 1);
    if (answers.length === 0) setImmediate(() => stop.abort());
    return answer;
  };
  await expect(waitForSlot({ acquire, logger }, slack, stop.signal)).rejects.toThrow();
  expect(answers).toEqual([]);
});
