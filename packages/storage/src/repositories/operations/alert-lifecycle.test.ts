import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { AlertChanges, AlertRepository, DeliveryKey } from '@texas-ai/alerting';
import { type AlertCondition, Temporal } from '@texas-ai/kernel';
import { makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import { makeAlertRepository } from './alerts.js';

let db: TestDatabase;
let alerts: AlertRepository;
beforeAll(async () => {
  db = await makeTestDatabase();
  alerts = makeAlertRepository(db.database);
});
afterAll(() => db.drop());
beforeEach(async () => {
  await db.database('alerts').delete();
});

const condition: AlertCondition = {
  kind: 'queue_waits',
  subject: 'days',
  level: 'error',
  title: 'jobs wait too long in days',
  message: 'The oldest has waited 31 minutes. 队列太慢。',
};
const nothing: AlertChanges = { alerts: [], deliveries: [] };
const names = (changed: AlertChanges) =>
  changed.deliveries.map(({ channel, phase }) => `${channel} ${phase}`).sort();

async function raised(channels: string[], changes: Partial<AlertCondition> = {}): Promise<string> {
  const [alert] = (await alerts.raise({ ...condition, ...changes }, channels)).alerts;
  if (!alert) throw new Error('The alert is open already.');
  return alert.id;
}

async function only() {
  const [alert, ...others] = await alerts.open();
  if (!alert || others.length > 0) throw new Error('Not just one alert is open.');
  return alert;
}

describe('raising', () => {
  test('opens an alert with a delivery for each channel', async () => {
    const changed = await alerts.raise(condition, ['slack', 'email']);
    const alert = await only();
    expect(changed.alerts).toEqual([alert]);
    expect(alert).toEqual({
      ...condition,
      code: null,
      id: expect.any(String),
      count: 1,
      openedAt: expect.any(Temporal.Instant),
      lastSeenAt: alert.openedAt,
      quietSeconds: null,
      recoveredAt: null,
    });
    expect(names(changed)).toEqual(['email raised', 'slack raised']);
    expect(changed.deliveries[0]?.alertId).toBe(alert.id);
  });

  test('again counts without a delivery, with the newest texts and the original level', async () => {
    const id = await raised(['slack']);
    const words = {
      title: 'jobs wait longer',
      message: 'The oldest has waited 32 minutes.',
      code: 'queue_unavailable',
    } as const;
    const again: AlertCondition = { ...condition, ...words, level: 'warning' };
    expect(await alerts.raise(again, ['slack', 'email'])).toEqual(nothing);
    const alert = await only();
    expect(alert).toMatchObject({ id, count: 2, ...words, level: 'error' });
    expect(Temporal.Instant.compare(alert.lastSeenAt, alert.openedAt)).toBe(1);
    expect(await db.database('alert_deliveries')).toHaveLength(1);
  });

  test('twenty times at once opens one alert with one delivery per channel', async () => {
    const all = await Promise.all(
      Array.from({ length: 20 }, () => alerts.raise(condition, ['slack', 'email'])),
    );
    expect(all.flatMap((changed) => changed.alerts)).toHaveLength(1);
    expect(all.flatMap(names)).toEqual(['email raised', 'slack raised']);
    expect(await only()).toMatchObject({ count: 20 });
    expect(await db.database('alert_deliveries')).toHaveLength(2);
  });

  test('with another subject opens another alert, listed first', async () => {
    await raised(['slack']);
    await raised(['slack'], { subject: 'alerts' });
    await raised([], { kind: 'redis_away' });
    expect((await alerts.open()).map(({ kind, subject }) => `${kind} ${subject}`)).toEqual([
      'redis_away days',
      'queue_waits alerts',
      'queue_waits days',
    ]);
    expect(await db.database('alert_deliveries')).toHaveLength(2);
  });
});

describe('recovering', () => {
  test('ends the alert once, with a delivery for each channel that was notified', async () => {
    const id = await raised(['slack', 'email']);
    await raised(['bark'], { subject: 'alerts' });
    const all = await Promise.all([1, 2, 3].map(() => alerts.recover(condition)));
    expect(all.flatMap(names)).toEqual(['email recovered', 'slack recovered']);
    const [alert] = all.flatMap((changed) => changed.alerts);
    expect(alert).toMatchObject({ id, recoveredAt: expect.any(Temporal.Instant) });
    expect((await only()).subject).toBe('alerts');
    expect(await alerts.recover(condition)).toEqual(nothing);
  });

  test('allows the same alert to open again', async () => {
    const first = await raised(['slack']);
    await alerts.recover(condition);
    const second = await raised(['slack']);
    expect(second).not.toBe(first);
    expect(await only()).toMatchObject({ id: second, count: 1 });
    expect(names(await alerts.recover(condition))).toEqual(['slack recovered']);
  });

  test('adds no delivery for a channel whose first one was given up', async () => {
    const alertId = await raised(['slack', 'email']);
    const key: DeliveryKey = { alertId, channel: 'email', phase: 'raised' };
    await alerts.failed(key, { error: 'refused', againMs: null, free: false });
    expect(names(await alerts.recover(condition))).toEqual(['slack recovered']);
  });
});

describe('recovering quiet alerts', () => {
  const after = async (seconds: number) => (await only()).lastSeenAt.add({ seconds });

  test('ends alerts not seen for their quiet time', async () => {
    await raised(['slack'], { quietSeconds: 900 });
    expect(await alerts.recoverQuiet(await after(899))).toEqual(nothing);
    expect(await alerts.recoverQuiet(await after(900))).toEqual(nothing);
    const changed = await alerts.recoverQuiet(await after(901));
    expect(changed.alerts).toMatchObject([{ quietSeconds: 900 }]);
    expect(names(changed)).toEqual(['slack recovered']);
    expect(await alerts.open()).toEqual([]);
  });

  test('counts from the last time an alert was seen', async () => {
    await raised(['slack'], { quietSeconds: 900 });
    const { openedAt } = await only();
    await db.database('alerts').update({
      opened_at: openedAt.subtract({ hours: 1 }).toString(),
      last_seen_at: openedAt.subtract({ hours: 1 }).toString(),
    });
    await alerts.raise(condition, []);
    expect(await alerts.recoverQuiet(openedAt.add({ seconds: 800 }))).toEqual(nothing);
  });

  test('never ends alerts without a quiet time', async () => {
    await raised(['slack']);
    expect(await alerts.recoverQuiet(await after(10_000_000))).toEqual(nothing);
  });
});

test('assertWritable rejects if the database is read-only', async () => {
  await alerts.assertWritable();
  const readOnly = await db.database.transaction(undefined, { readOnly: true });
  try {
    await expect(makeAlertRepository(readOnly).assertWritable()).rejects.toMatchObject({
      code: 'storage_unavailable',
    });
  } finally {
    await readOnly.rollback();
  }
});

test('assertWritable rejects if there is no room for a temporary file', async () => {
  const full = await db.database.transaction();
  try {
    // The error is the same as for a full disk.
    await full.raw('SET LOCAL temp_file_limit = 0');
    await expect(makeAlertRepository(full).assertWritable()).rejects.toMatchObject({
      cause: { code: '53400' },
    });
  } finally {
    await full.rollback();
  }
});
