import { expect, test } from '@jest/globals';
import type { Alert } from '@texas-ai/alerting';
import { type AlertCondition, Temporal } from '@texas-ai/kernel';
import type { Cooldown } from '@texas-ai/life';
import { updateCooldownAlerts } from './cooldown-alerts.js';

const now = Temporal.Instant.from('2026-11-25T04:00:00Z');
const exhausted: Cooldown = {
  author: 'gemini',
  fingerprint: 'a-key',
  code: 'author_rate_limited',
  reason: 'The daily quota is used up.',
  until: now.add({ hours: 4 }),
};
const refused: Cooldown = { ...exhausted, code: 'author_unauthorized', until: now };

/** The alerts raised and recovered with these cooldowns in force and these alerts open. */
async function update(
  cooldowns: Cooldown[],
  open: Pick<AlertCondition, 'kind' | 'subject'>[] = [],
) {
  const done: string[] = [];
  await updateCooldownAlerts({
    store: { cooldowns: { list: async () => cooldowns } },
    alertRepository: { open: async () => open as Alert[] },
    alerts: {
      raise: async ({ kind, subject }) => void done.push(`raise ${kind} ${subject}`),
      recover: async ({ kind, subject }) => void done.push(`recover ${kind} ${subject}`),
    },
    clock: { now: () => now },
  });
  return done;
}
const key = 'gemini a-key';
const about = (kind: AlertCondition['kind']) => ({ kind, subject: key });

test('a refused key, or one exhausted for long, raises an alert; a short cooldown does not', async () => {
  expect(await update([refused])).toEqual([`raise author_unauthorized ${key}`]);
  expect(await update([exhausted])).toEqual([`raise author_exhausted ${key}`]);
  expect(await update([{ ...exhausted, until: now.add({ minutes: 1 }) }])).toEqual([]);
});

test('each refused model has its own alert', async () => {
  const model: Cooldown = {
    ...refused,
    code: 'author_model_unavailable',
    model: 'gemini-2.5-flash',
  };
  const other: Cooldown = { ...model, model: 'gemini-2.5-pro' };
  const name = `author_model_unavailable ${key}`;
  expect(await update([model, other])).toEqual([
    `raise ${name} gemini-2.5-flash`,
    `raise ${name} gemini-2.5-pro`,
  ]);
  const open = [{ kind: 'author_model_unavailable', subject: `${key} gemini-2.5-flash` } as const];
  expect(await update([other], open)).toEqual([
    `recover ${name} gemini-2.5-flash`,
    `raise ${name} gemini-2.5-pro`,
  ]);
});

test('an open alert is not raised again, however long the cooldown lasts', async () => {
  expect(await update([refused], [about('author_unauthorized')])).toEqual([]);
  expect(await update([exhausted], [about('author_exhausted')])).toEqual([]);
  // The last minutes of a long cooldown do not end its alert.
  const nearlyOver = { ...exhausted, until: now.add({ minutes: 1 }) };
  expect(await update([nearlyOver], [about('author_exhausted')])).toEqual([]);
});

test('an alert recovers with its cooldown; other alerts are left alone', async () => {
  const open = [about('author_unauthorized'), about('author_exhausted'), about('budget_spent')];
  expect(await update([], open)).toEqual([
    `recover author_unauthorized ${key}`,
    `recover author_exhausted ${key}`,
  ]);
  const over = { ...exhausted, until: now };
  expect(await update([over], [about('author_exhausted')])).toEqual([
    `recover author_exhausted ${key}`,
  ]);
});

test.each([
  [refused, 'author_exhausted', 'author_unauthorized'],
  [
    { ...refused, code: 'author_balance_exhausted' },
    'author_unauthorized',
    'author_balance_exhausted',
  ],
] as const)(
  'a cooldown whose code changes recovers one alert and raises another (%#)',
  async (cooldown, before, after) => {
    expect(await update([cooldown], [about(before)])).toEqual([
      `recover ${before} ${key}`,
      `raise ${after} ${key}`,
    ]);
  },
);
