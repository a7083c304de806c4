import { beforeEach, describe, expect, test } from '@jest/globals';
import { TexasError } from '@texas-ai/kernel';
import { makeLogSpy } from '@texas-ai/testing';
import { unstopped } from '../test/samples.js';
import type { Channel } from './channel.js';
import { waitForPlace } from './wait-for-place.js';

const slack: Channel = {
  name: 'slack',
  pace: { messages: 1, seconds: 1 },
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

/** Each time somebody asks it answers the next of these, the last one again and again. */
function wait(...answers: number[]): Promise<number> {
  const takePlace = async () => (answers.length > 1 ? answers.shift() : answers[0]) ?? 0;
  return waitForPlace({ takePlace, logger }, slack, unstopped, time);
}

describe('a place in the pace', () => {
  test('that is free is taken at once', async () => {
    expect(await wait(0)).toBe(0);
    expect(pauses).toEqual([]);
  });

  test('that comes soon is waited for, also where another one is quicker', async () => {
    expect(await wait(700, 300, 0)).toBe(0);
    expect(pauses).toEqual([700, 300]);
  });

  test('is waited for 20 s in all and no longer', async () => {
    expect(await wait(6_000)).toBe(6_000);
    expect(pauses).toEqual([6_000, 6_000, 6_000]);
    expect(await wait(20_000, 0)).toBe(0);
    expect(await wait(20_001)).toBe(20_001);
    expect(pauses.slice(3)).toEqual([20_000]);
  });

  test('that nobody can tell of holds up nobody', async () => {
    const error = new TexasError('queue_unavailable', 'The queue does not answer.');
    const takePlace = () => Promise.reject(error);
    expect(await waitForPlace({ takePlace, logger }, slack, unstopped, time)).toBe(0);
    expect(logger.lines).toEqual([
      {
        level: 'warn',
        message: 'pace not known, the channel is told at once',
        fields: { channel: 'slack', error },
      },
    ]);
  });
});

test('in real time the wait passes, and ends when it is stopped', async () => {
  const answers = [1, 1, 19_000];
  const stop = new AbortController();
  const takePlace = async () => {
    const [answer = 0] = answers.splice(0, 1);
    if (answers.length === 0) setImmediate(() => stop.abort());
    return answer;
  };
  await expect(waitForPlace({ takePlace, logger }, slack, stop.signal)).rejects.toThrow();
  expect(answers).toEqual([]);
});
