import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { AlertRepository, DeliveryKey } from '@texas-ai/alerting';
import type { AlertCondition } from '@texas-ai/kernel';
import { makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import { makeAlertRepository } from './alerts.js';

let db: TestDatabase;
let alerts: AlertRepository;
let key: DeliveryKey;
beforeAll(async () => {
  db = await makeTestDatabase();
  alerts = makeAlertRepository(db.database);
});
afterAll(() => db.drop());
beforeEach(async () => {
  await db.database('alerts').delete();
  [key] = await raise(['slack']);
});

const condition: AlertCondition = {
  kind: 'no_worker',
  subject: 'fleet',
  level: 'error',
  title: 'no worker is running',
  message: 'Start a worker.',
};

async function raise(channels: string[]): Promise<[DeliveryKey, ...DeliveryKey[]]> {
  const { deliveries } = await alerts.raise(condition, channels);
  const [first, ...others] = deliveries;
  if (!first) throw new Error('Nothing is to be delivered.');
  return [first, ...others];
}

const leaseMs = 60 * 60_000;
const refused = { error: 'refused', againMs: 0, free: false };
const all = ['slack', 'email', 'bark', 'gone'];
const due = async (limit = 10, channels = all) => alerts.due(await db.store.now(), limit, channels);

/** Makes this number of minutes pass for every delivery. */
async function pass(minutes: number): Promise<void> {
  await db.database.raw(
    "UPDATE alert_deliveries SET next_try_at = next_try_at - ? * interval '1 minute'",
    [minutes],
  );
}

describe('due deliveries', () => {
  test('are returned the oldest first, up to the limit', async () => {
    await pass(10);
    await alerts.recover(condition);
    const [second, third] = await raise(['email', 'bark']);
    await pass(10);
    expect(await due()).toHaveLength(4);
    const [oldest, next] = await due(2);
    expect(oldest).toEqual(key);
    expect(next).toEqual({ ...key, phase: 'recovered' });
    const earlier = (await db.store.now()).subtract({ minutes: 15 });
    expect(await alerts.due(earlier, 10, all)).toEqual([oldest]);
    expect([second.channel, third?.channel].sort()).toEqual(['bark', 'email']);
  });

  test('are limited to the given channels', async () => {
    await alerts.recover(condition);
    await raise(['gone', 'email']);
    const of = async (channels: string[]) =>
      (await due(1, channels)).map(({ channel, phase }) => `${channel} ${phase}`);
    expect(await of(['email', 'bark'])).toEqual(['email raised']);
    expect(await of([])).toEqual([]);
  });

  test('leave out those sent or given up', async () => {
    const [sent, givenUp] = await alerts.recover(condition).then(() => raise(['email', 'bark']));
    await alerts.sent(sent);
    await alerts.failed(givenUp ?? key, { ...refused, againMs: null });
    await alerts.sent(key);
    expect(await due()).toEqual([{ ...key, phase: 'recovered' }]);
  });
});

describe('a claim', () => {
  test('returns the alert and the number of tries', async () => {
    const delivery = await alerts.claim(key, leaseMs);
    const [alert] = await alerts.open();
    expect(delivery).toEqual({ ...key, tries: 1, alert });
  });

  test('is exclusive until its lease expires', async () => {
    const claims = await Promise.all(Array.from({ length: 20 }, () => alerts.claim(key, leaseMs)));
    expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
    await pass(50);
    expect(await alerts.claim(key, leaseMs)).toBeNull();
    expect(await due()).toEqual([]);
    await pass(10);
    expect(await due()).toEqual([key]);
    expect(await alerts.claim(key, leaseMs)).toMatchObject({ tries: 2 });
  });

  test('returns null for a delivery that was sent, given up or never existed', async () => {
    const elsewhere = { ...key, channel: 'email' };
    expect(await alerts.claim(elsewhere, leaseMs)).toBeNull();
    await alerts.sent(key);
    expect(await alerts.claim(key, leaseMs)).toBeNull();
    await db.database('alert_deliveries').update({ sent_at: null });
    await alerts.failed(key, { ...refused, againMs: null });
    expect(await alerts.claim(key, leaseMs)).toBeNull();
  });

  test('of a recovery waits until the alert itself was sent', async () => {
    const [recovery] = (await alerts.recover(condition)).deliveries;
    if (!recovery) throw new Error('There is no delivery of the recovery.');
    expect(await alerts.claim(recovery, leaseMs)).toBeNull();
    await alerts.claim(key, leaseMs);
    expect(await alerts.claim(recovery, leaseMs)).toBeNull();
    await alerts.sent(key);
    expect(await alerts.claim(recovery, leaseMs)).toMatchObject({
      phase: 'recovered',
      alert: { recoveredAt: expect.anything() },
    });
  });

  test('of a recovery does not wait for an alert that was given up', async () => {
    const [recovery] = (await alerts.recover(condition)).deliveries;
    await alerts.failed(key, { ...refused, againMs: null });
    expect(await alerts.claim(recovery ?? key, leaseMs)).toMatchObject({ phase: 'recovered' });
  });
});

describe('a failed delivery', () => {
  const row = () => db.database('alert_deliveries').first();

  test('is due again after the delay, with the reason', async () => {
    await alerts.claim(key, leaseMs);
    await alerts.failed(key, { error: 'x'.repeat(600), againMs: 15 * 60_000, free: false });
    expect(await row()).toMatchObject({ tries: 1, error: 'x'.repeat(500), given_up_at: null });
    await pass(10);
    expect(await due()).toEqual([]);
    await pass(5);
    expect(await due()).toEqual([key]);
    expect(await alerts.claim(key, leaseMs)).toMatchObject({ tries: 2 });
    await alerts.sent(key);
    expect(await row()).toMatchObject({ error: null, sent_at: expect.anything() });
  });

  test('that is free does not count as a try', async () => {
    await alerts.claim(key, leaseMs);
    await alerts.failed(key, { ...refused, free: true });
    expect(await row()).toMatchObject({ tries: 0 });
    expect(await due()).toEqual([key]);
    await alerts.failed(key, { ...refused, free: true });
    expect(await alerts.claim(key, leaseMs)).toMatchObject({ tries: 1 });
  });

  test('without another try is kept and never due again', async () => {
    await alerts.claim(key, leaseMs);
    await alerts.failed(key, { ...refused, againMs: null });
    await pass(100_000);
    expect(await due()).toEqual([]);
    expect(await row()).toMatchObject({ error: 'refused', given_up_at: expect.anything() });
  });
});

test('an unreachable database is storage_unavailable', async () => {
  const away = await makeTestDatabase();
  await away.drop();
  const opening = makeAlertRepository(away.database).open();
  await expect(opening).rejects.toMatchObject({ code: 'storage_unavailable' });
});
