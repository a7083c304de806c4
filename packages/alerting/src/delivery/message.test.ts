import { describe, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import { at, buildAlert } from '../../test/samples.js';
import type { Alert } from '../alert.js';
import { messageOf } from './message.js';

function messageAt(phase: 'raised' | 'recovered', alert: Partial<Alert> = {}) {
  return messageOf({ phase, alert: buildAlert(alert) });
}

test('the message about the beginning says what is wrong and what to do', () => {
  expect(messageAt('raised', { level: 'warning', count: 3 })).toEqual({
    title: 'Texas AI: no worker is running',
    text: 'Start a worker.',
    level: 'warning',
    kind: 'no_worker',
    subject: 'fleet',
    code: null,
    count: 3,
    over: false,
    at,
  });
});

test('it has kind, subject and code for programs', () => {
  const refused = {
    kind: 'author_model_unavailable',
    subject: 'gemini a1b2 gemini-2.5-flash',
    code: 'author_model_unavailable',
  } as const;
  expect(messageAt('raised', refused)).toMatchObject(refused);
  expect(messageAt('recovered', { ...refused, recoveredAt: at })).toMatchObject(refused);
});

test('the message about the beginning is the same if the alert has ended since', () => {
  const recoveredAt = at.add({ seconds: 5 });
  expect(messageAt('raised', { recoveredAt })).toEqual(messageAt('raised'));
});

describe('the message about the end', () => {
  test('says that it is over, how long it lasted, and its level', () => {
    const recoveredAt = at.add({ minutes: 2 });
    expect(messageAt('recovered', { recoveredAt, count: 9 })).toEqual({
      title: 'Texas AI: over: no worker is running',
      text: 'It lasted 2 min and was seen 9 times.',
      level: 'error',
      kind: 'no_worker',
      subject: 'fleet',
      code: null,
      count: 9,
      over: true,
      at: recoveredAt,
    });
  });

  test('of an alert that ended automatically only says that it was not seen again', () => {
    const lastSeenAt = at.add({ minutes: 5 });
    const quiet = { lastSeenAt, quietSeconds: 900, recoveredAt: lastSeenAt.add({ minutes: 16 }) };
    expect(messageAt('recovered', { ...quiet, count: 3 })).toMatchObject({
      title: 'Texas AI: quiet: no worker is running',
      text: 'It was seen 3 times within 5 min, and not again for 15 min.',
      over: true,
      at: quiet.recoveredAt,
    });
  });

  test.each([
    [{ milliseconds: 999 }, 'less than a second'],
    [{}, 'less than a second'],
    [{ seconds: 1, milliseconds: 999 }, '1 s'],
    [{ seconds: 10 }, '10 s'],
    [{ minutes: 1 }, '1 min'],
    [{ minutes: 59, seconds: 59 }, '59 min 59 s'],
    [{ hours: 1, seconds: 5 }, '1 h 5 s'],
    [{ hours: 20, minutes: 10 }, '20 h 10 min'],
    [{ hours: 100, minutes: 3, seconds: 2 }, '100 h 3 min 2 s'],
  ])('formats %j as “%s”', (lasted, text) => {
    const recoveredAt = at.add(Temporal.Duration.from({ seconds: 0, ...lasted }));
    expect(messageAt('recovered', { recoveredAt }).text).toBe(
      `It lasted ${text} and was seen once.`,
    );
  });
});
