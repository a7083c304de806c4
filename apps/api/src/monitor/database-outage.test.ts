import { expect, test } from '@jest/globals';
import type { Message } from '@texas-ai/alerting';
import { Temporal, TexasError } from '@texas-ai/kernel';
import { makeLogSpy } from '@texas-ai/testing';
import { makeDatabaseOutage } from './database-outage.js';

const unavailable = new TexasError('storage_unavailable', 'The database does not respond.');

/** With a channel that can fail or hang, and a fixed clock. */
function makeHarness() {
  const sent: string[] = [];
  const state = {
    fails: false,
    sending: Promise.resolve(),
    now: Temporal.Instant.from('2026-11-25T04:00:00Z'),
  };
  const outage = makeDatabaseOutage({
    channels: [
      {
        name: 'slack',
        rateLimit: { messages: 1, seconds: 1 },
        async send({ over, title, text }: Message) {
          await state.sending;
          if (state.fails) throw new Error('The channel rejected the message.');
          expect(title).toContain('PostgreSQL does not respond');
          expect(over || text.startsWith('The database does not respond. Nothing is')).toBe(true);
          sent.push(over ? 'over' : 'begun');
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
    outage,
    sent,
    state,
    /** Records checks 15 s apart. */
    async check(available: boolean, times = 1) {
      for (let each = 0; each < times; each++) {
        outage.record(available || unavailable);
        await outage.idle();
        state.now = state.now.add({ seconds: 15 });
      }
    },
  };
}

test('an outage is announced once, and its end once', async () => {
  const { sent, check } = makeHarness();
  await check(false);
  expect(sent).toEqual([]);
  await check(false, 20);
  expect(sent).toEqual(['begun']);
  await check(true, 3);
  expect(sent).toEqual(['begun', 'over']);
});

test('a single failed check is not an outage', async () => {
  const { sent, check } = makeHarness();
  for (let times = 0; times < 3; times++) {
    await check(false);
    await check(true);
  }
  expect(sent).toEqual([]);
});

test('a channel that fails as well gets the alert once it works again', async () => {
  const { sent, state, check } = makeHarness();
  state.fails = true;
  await check(false, 400);
  state.fails = false;
  await check(false, 45);
  expect(sent).toEqual(['begun']);
});

test('no recovery is sent for an alert that was never sent', async () => {
  const { sent, state, check } = makeHarness();
  state.fails = true;
  await check(false, 10);
  state.fails = false;
  await check(true, 100);
  expect(sent).toEqual([]);
});

test('the recovery follows an alert that is being sent', async () => {
  const { outage, sent, state, check } = makeHarness();
  await check(false);
  let finishSending = () => {};
  state.sending = new Promise((resolve) => {
    finishSending = resolve;
  });
  outage.record(unavailable);
  outage.record(true);
  finishSending();
  await outage.idle();
  await check(true);
  expect(sent).toEqual(['begun', 'over']);
});
