import { describe, expect, test } from '@jest/globals';
import { TexasError } from '@texas-ai/kernel';
import { key, makeDeliverDeps, rejection, type Send } from '../../test/deliver-deps.js';
import { at, failureOf, neverAborted } from '../../test/samples.js';
import { deliver, deliveryDelayMs } from './deliver.js';

const rejects: Send = () => Promise.reject(rejection);
const fields = { channel: 'slack', phase: 'raised', kind: 'no_worker', subject: 'fleet' };

test('a message that the channel accepts is marked as sent', async () => {
  const { deps, messages, outcomes, logger } = makeDeliverDeps();
  await deliver(deps, key, neverAborted);
  expect(messages).toEqual([
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

test('a delivery that is leased or already sent is skipped', async () => {
  const { deps, messages, outcomes, leases } = makeDeliverDeps();
  await Promise.all([
    deliver(deps, key, neverAborted),
    deliver(deps, key, neverAborted),
    deliver(deps, key, neverAborted),
  ]);
  expect(messages).toHaveLength(1);
  expect(outcomes).toEqual(['sent']);
  // Longer than a channel may take to respond.
  expect(leases).toEqual([60_000, 60_000, 60_000]);
});

describe('a message that the channel rejects', () => {
  test('is retried later and logged without secrets', async () => {
    const { deps, outcomes, logger } = makeDeliverDeps({ tries: 2, send: rejects });
    await deliver(deps, key, neverAborted);
    const reason = 'It rejected the message. 500 [redacted]';
    expect(outcomes).toEqual([{ error: reason, againMs: 60_000, free: false }]);
    expect(logger.lines).toEqual([
      {
        level: 'warn',
        message: 'alert not sent, will be retried',
        fields: { ...fields, reason, againMs: 60_000 },
      },
    ]);
  });

  test('is never given up while the alert is open, since the channel may recover', async () => {
    const { deps, outcomes } = makeDeliverDeps({ tries: 30, send: rejects });
    await deliver(deps, key, neverAborted);
    expect(outcomes).toEqual([expect.objectContaining({ againMs: 600_000, free: false })]);
  });

  test('is given up at the last try if the alert is over, and logged as an error', async () => {
    const { deps, outcomes, logger } = makeDeliverDeps({
      tries: 8,
      send: rejects,
      recoveredAt: at,
    });
    await deliver(deps, key, neverAborted);
    expect(outcomes).toEqual([expect.objectContaining({ againMs: null, free: false })]);
    expect(logger.lines).toEqual([
      {
        level: 'error',
        message: 'alert not sent, giving up',
        fields: { ...fields, reason: 'It rejected the message. 500 [redacted]' },
      },
    ]);
  });

  test('has a reason that is truncated after redaction', async () => {
    const long = `${'x'.repeat(295)}canary${'y'.repeat(500)}`;
    const send: Send = () => Promise.reject(new TexasError('alert_failed', long));
    const { deps, outcomes, logger } = makeDeliverDeps({ send });
    await deliver(deps, key, neverAborted);
    const kept = `${'x'.repeat(295)}[redacted]`.slice(0, 300);
    expect(outcomes).toEqual([expect.objectContaining({ error: kept })]);
    expect(logger.lines[0]?.fields.reason).toBe(kept);
  });

  test('with an unexpected error has a reason without its message', async () => {
    const send: Send = () => Promise.reject(new TypeError('https://canary is no URL'));
    const { deps, outcomes } = makeDeliverDeps({ send });
    await deliver(deps, key, neverAborted);
    expect(outcomes).toEqual([
      { error: 'An unexpected error occurred.', againMs: 15_000, free: false },
    ]);
  });
});

test('retries back off, and the eighth try is the last if the alert is over', () => {
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

test('a long wait for the rate limit is not a try, and nothing is sent', async () => {
  const { deps, messages, outcomes, logger } = makeDeliverDeps({ waitMs: 20_001, tries: 8 });
  await deliver(deps, key, neverAborted);
  expect(messages).toEqual([]);
  expect(outcomes).toEqual([{ error: 'rate limit of the channel', againMs: 20_001, free: true }]);
  expect(logger.lines).toEqual([]);
});

test('a channel that is not configured here is left to other processes, without a claim', async () => {
  const { deps, messages, outcomes, leases, logger } = makeDeliverDeps();
  await deliver({ ...deps, channels: [] }, key, neverAborted);
  expect([messages, outcomes, leases, logger.lines]).toEqual([[], [], [], []]);
});

describe('a database outage', () => {
  const away = new TexasError('storage_unavailable', 'The database does not respond.');

  test.each(['claim', 'sent', 'failed'] as const)('is thrown (%s)', async (method) => {
    const { deps } = makeDeliverDeps({ send: method === 'failed' ? rejects : async () => 'ok' });
    const broken = { ...deps.alerts, [method]: () => Promise.reject(away) };
    expect(await failureOf(deliver({ ...deps, alerts: broken }, key, neverAborted))).toBe(away);
  });

  test('after the message was sent is not a failure of the channel', async () => {
    const { deps, outcomes, logger } = makeDeliverDeps();
    const alerts = { ...deps.alerts, sent: () => Promise.reject(away) };
    await failureOf(deliver({ ...deps, alerts }, key, neverAborted));
    expect(outcomes).toEqual([]);
    expect(logger.lines).toEqual([]);
  });
});
