import { expect, test } from '@jest/globals';
import type { Alert } from '@texas-ai/alerting';
import { type AlertCondition, Temporal } from '@texas-ai/kernel';
import type { Cooldown } from '@texas-ai/life';
import { updateCooldownAlerts } from './cooldown-alerts.js';

const now = Temporal.Instant.from('2026-11-25T04:00:00Z');
const spent: Cooldown = {
  author: 'gemini',
  fingerprint: 'a-key',
  code: 'author_rate_limited',
  reason: 'The quota of the day is spent.',
  until: now.add({ hours: 4 }),
};
const refused: Cooldown = { ...spent, code: 'author_unauthorized', until: now };

/** What is done where these are held, and these troubles are open. */
async function told(cooldowns: Cooldown[], open: Pick<AlertCondition, 'kind' | 'subject'>[] = []) {
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

test('a key that is refused or spent for long is told of, one that rests for a moment is not', async () => {
  expect(await told([refused])).toEqual([`raise author_unauthorized ${key}`]);
  expect(await told([spent])).toEqual([`raise author_exhausted ${key}`]);
  expect(await told([{ ...spent, until: now.add({ minutes: 1 }) }])).toEqual([]);
});

test('a model that is refused is a trouble of its own, beside that of another', async () => {
  const model: Cooldown = {
    ...refused,
    code: 'author_model_unavailable',
    model: 'gemini-2.5-flash',
  };
  const other: Cooldown = { ...model, model: 'gemini-2.5-pro' };
  const name = `author_model_unavailable ${key}`;
  expect(await told([model, other])).toEqual([
    `raise ${name} gemini-2.5-flash`,
    `raise ${name} gemini-2.5-pro`,
  ]);
  const open = [{ kind: 'author_model_unavailable', subject: `${key} gemini-2.5-flash` } as const];
  expect(await told([other], open)).toEqual([
    `recover ${name} gemini-2.5-flash`,
    `raise ${name} gemini-2.5-pro`,
  ]);
});

test('what is open is not told of again, however long the hold lasts', async () => {
  expect(await told([refused], [about('author_unauthorized')])).toEqual([]);
  expect(await told([spent], [about('author_exhausted')])).toEqual([]);
  // The last minutes of a long rest are no end of it.
  const nearlyOver = { ...spent, until: now.add({ minutes: 1 }) };
  expect(await told([nearlyOver], [about('author_exhausted')])).toEqual([]);
});

test('it is over when the key is held no more; other troubles are none of this', async () => {
  const open = [about('author_unauthorized'), about('author_exhausted'), about('budget_spent')];
  expect(await told([], open)).toEqual([
    `recover author_unauthorized ${key}`,
    `recover author_exhausted ${key}`,
  ]);
  const over = { ...spent, until: now };
  expect(await told([over], [about('author_exhausted')])).toEqual([
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
  'a hold that changes its code ends one trouble and begins another (%#)',
  async (hold, before, after) => {
    expect(await told([hold], [about(before)])).toEqual([
      `recover ${before} ${key}`,
      `raise ${after} ${key}`,
    ]);
  },
);
