import { expect, test } from '@jest/globals';
import type { Message } from '@texas-ai/alerting';
import { Temporal, TexasError } from '@texas-ai/kernel';
import { makeLogSpy } from '@texas-ai/testing';
import { makeDatabaseAway } from './database-away.js';

const hanging = new TexasError('storage_unavailable', 'The database does not answer.');

/** A channel that takes nothing until it is told to, and time that stands still until it passes. */
function noticing() {
  const told: string[] = [];
  const state = {
    refuses: false,
    arrives: Promise.resolve(),
    now: Temporal.Instant.from('2026-11-25T04:00:00Z'),
  };
  const away = makeDatabaseAway({
    channels: [
      {
        name: 'slack',
        pace: { messages: 1, seconds: 1 },
        async send({ over, title, text }: Message) {
          await state.arrives;
          if (state.refuses) throw new Error('It refused the message.');
          expect(title).toContain('PostgreSQL does not answer');
          expect(over || text.startsWith('The database does not answer. Nothing is')).toBe(true);
          told.push(over ? 'over' : 'begun');
          return 'ok';
        },
      },
    ],
    routes: [],
    redact: (text) => text,
    clock: { now: () => state.now },
    logger: makeLogSpy(),
    signal: new AbortController().signal,
  });
  return {
    away,
    told,
    state,
    /** So many looks, 15 s apart, with that answer. */
    async look(answers: boolean, times = 1) {
      for (let each = 0; each < times; each++) {
        away.notice(answers || hanging);
        await away.idle();
        state.now = state.now.add({ seconds: 15 });
      }
    },
  };
}

test('an absence is told of once, and once that it is over', async () => {
  const { told, look } = noticing();
  await look(false);
  expect(told).toEqual([]);
  await look(false, 20);
  expect(told).toEqual(['begun']);
  await look(true, 3);
  expect(told).toEqual(['begun', 'over']);
});

test('a single answer that is missing is no absence', async () => {
  const { told, look } = noticing();
  for (let times = 0; times < 3; times++) {
    await look(false);
    await look(true);
  }
  expect(told).toEqual([]);
});

test('a channel that is away as well is told when it is back, however long that takes', async () => {
  const { told, state, look } = noticing();
  state.refuses = true;
  await look(false, 400);
  state.refuses = false;
  await look(false, 45);
  expect(told).toEqual(['begun']);
});

test('nobody hears of the end of what they never heard of', async () => {
  const { told, state, look } = noticing();
  state.refuses = true;
  await look(false, 10);
  state.refuses = false;
  await look(true, 100);
  expect(told).toEqual([]);
});

test('the end of what is under way follows it', async () => {
  const { away, told, state, look } = noticing();
  await look(false);
  let arrive = () => {};
  state.arrives = new Promise((resolve) => {
    arrive = resolve;
  });
  away.notice(hanging);
  away.notice(true);
  arrive();
  await away.idle();
  await look(true);
  expect(told).toEqual(['begun', 'over']);
});
