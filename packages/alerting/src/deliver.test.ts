import { describe, expect, test } from '@jest/globals';
import { TexasError } from '@texas-ai/kernel';
import { delivering, key, refusal, type Send } from '../test/delivering.js';
import { at, failureOf, unstopped } from '../test/samples.js';
import { deliver, deliveryDelayMs } from './deliver.js';

const refuses: Send = () => Promise.reject(refusal);
const fields = { channel: 'slack', phase: 'raised', kind: 'no_worker', subject: 'fleet' };

test('what the channel takes is marked as sent', async () => {
  const { deps, told, outcomes, logger } = delivering();
  await deliver(deps, key, unstopped);
  expect(told).toEqual([
    {
      title: 'Texas AI: no worker is running',
      text: 'Start a worker.',
      level: 'error',
      kind: 'no_worker',
      subject: 'fleet',
      code: null,
      count: 1,
      over: false,
      at,
    },
  ]);
  expect(outcomes).toEqual(['sent']);
  expect(logger.lines).toEqual([{ level: 'info', message: 'alert sent', fields }]);
});

test('what somebody else is at, or was told already, is left alone', async () => {
  const { deps, told, outcomes, leases } = delivering();
  await Promise.all([
    deliver(deps, key, unstopped),
    deliver(deps, key, unstopped),
    deliver(deps, key, unstopped),
  ]);
  expect(told).toHaveLength(1);
  expect(outcomes).toEqual(['sent']);
  // Longer than a channel may take to answer.
  expect(leases).toEqual([60_000, 60_000, 60_000]);
});

describe('what the channel refuses', () => {
  test('is tried again later and told of without secrets', async () => {
    const { deps, outcomes, logger } = delivering({ tries: 2, send: refuses });
    await deliver(deps, key, unstopped);
    const reason = 'It refused the message. 500 [redacted]';
    expect(outcomes).toEqual([{ error: reason, againMs: 60_000, free: false }]);
    expect(logger.lines).toEqual([
      {
        level: 'warn',
        message: 'alert not sent, will be tried again',
        fields: { ...fields, reason, againMs: 60_000 },
      },
    ]);
  });

  test('of a trouble that lasts is never given up: the channel may come back before it is over', async () => {
    const { deps, outcomes } = delivering({ tries: 30, send: refuses });
    await deliver(deps, key, unstopped);
    expect(outcomes).toEqual([expect.objectContaining({ againMs: 600_000, free: false })]);
  });

  test('of what is over is given up at the last try, with an error for the log', async () => {
    const { deps, outcomes, logger } = delivering({ tries: 8, send: refuses, recoveredAt: at });
    await deliver(deps, key, unstopped);
    expect(outcomes).toEqual([expect.objectContaining({ againMs: null, free: false })]);
    expect(logger.lines).toEqual([
      {
        level: 'error',
        message: 'alert not sent, given up',
        fields: { ...fields, reason: 'It refused the message. 500 [redacted]' },
      },
    ]);
  });

  test('is cut short, after secrets were taken out of it', async () => {
    const long = `${'x'.repeat(295)}canary${'y'.repeat(500)}`;
    const send: Send = () => Promise.reject(new TexasError('alert_failed', long));
    const { deps, outcomes, logger } = delivering({ send });
    await deliver(deps, key, unstopped);
    const kept = `${'x'.repeat(295)}[redacted]`.slice(0, 300);
    expect(outcomes).toEqual([expect.objectContaining({ error: kept })]);
    expect(logger.lines[0]?.fields.reason).toBe(kept);
  });

  test('in words of its own says nothing of them', async () => {
    const send: Send = () => Promise.reject(new TypeError('https://canary is no URL'));
    const { deps, outcomes } = delivering({ send });
    await deliver(deps, key, unstopped);
    expect(outcomes).toEqual([
      { error: 'Something failed that should not.', againMs: 15_000, free: false },
    ]);
  });
});

test('tries lie further and further apart, and the eighth is the last of what is over', () => {
  const delays = (lasts: boolean) =>
    [1, 2, 3, 4, 5, 6, 7, 8, 9].map((tries) => deliveryDelayMs(tries, lasts));
  expect(delays(true).slice(6)).toEqual([600_000, 600_000, 600_000]);
  expect(delays(false)).toEqual([
    15_000,
    60_000,
    240_000,
    600_000,
    600_000,
    600_000,
    600_000,
    null,
    null,
  ]);
});

test('no place in the pace for long costs no try, and nothing is sent', async () => {
  const { deps, told, outcomes, logger } = delivering({ waitMs: 20_001, tries: 8 });
  await deliver(deps, key, unstopped);
  expect(told).toEqual([]);
  expect(outcomes).toEqual([{ error: 'waits for its turn', againMs: 20_001, free: true }]);
  expect(logger.lines).toEqual([]);
});

test('a channel that is not configured here is left for others, who find it as it was', async () => {
  const { deps, told, outcomes, leases, logger } = delivering();
  await deliver({ ...deps, channels: [] }, key, unstopped);
  expect([told, outcomes, leases, logger.lines]).toEqual([[], [], [], []]);
});

describe('a database that is away', () => {
  const away = new TexasError('storage_unavailable', 'The database does not answer.');

  test.each(['claim', 'sent', 'failed'] as const)('is told of (%s)', async (method) => {
    const { deps } = delivering({ send: method === 'failed' ? refuses : async () => 'ok' });
    const broken = { ...deps.alerts, [method]: () => Promise.reject(away) };
    expect(await failureOf(deliver({ ...deps, alerts: broken }, key, unstopped))).toBe(away);
  });

  test('after the channel was told is no failure of the channel', async () => {
    const { deps, outcomes, logger } = delivering();
    const alerts = { ...deps.alerts, sent: () => Promise.reject(away) };
    await failureOf(deliver({ ...deps, alerts }, key, unstopped));
    expect(outcomes).toEqual([]);
    expect(logger.lines).toEqual([]);
  });
});
