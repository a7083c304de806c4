import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { makeOwner, type Owner } from '@texas-ai/kernel';
import { fakeOnly } from '@texas-ai/testing';
import { startSystem } from '../test/system.js';
import { restoreSchedules } from './schedules.js';

const everyMinute = { job: 'plan-due-days', pattern: '* * * * *', timeZone: 'UTC' } as const;
const everyNight = { job: 'backup', pattern: '0 2 * * *', timeZone: 'Asia/Shanghai' } as const;

/** Noon in Shanghai, and half a minute. */
const now = new Date('2026-11-23T04:00:30Z');
const minute = 60_000;

let owner: Owner = makeOwner();
beforeEach(() => {
  jest.useFakeTimers({ ...fakeOnly('Date'), now });
});
afterEach(async () => {
  jest.useRealTimers();
  await owner.closeAll();
  owner = makeOwner();
});

test('a schedule is created once and then left unchanged', async () => {
  const { queues } = await startSystem(owner);
  expect(await restoreSchedules(queues, [everyMinute])).toEqual(['plan-due-days']);
  const made = await queues.get('days').getJobScheduler('plan-due-days');
  expect(made).toMatchObject({ pattern: '* * * * *', tz: 'UTC' });
  // Runs are no part of the trace in which it was made.
  expect(made?.template?.opts).toMatchObject({ telemetry: { omitContext: true } });
  expect(await restoreSchedules(queues, [everyMinute])).toEqual([]);
  expect(await queues.get('days').getJobScheduler('plan-due-days')).toEqual(made);
  expect(await queues.get('days').getDelayedCount()).toBe(1);
});

test('a schedule that Redis lost is restored', async () => {
  const { queues } = await startSystem(owner);
  await restoreSchedules(queues, [everyMinute]);
  await queues.get('days').obliterate({ force: true });
  expect(await queues.get('days').getJobScheduler('plan-due-days')).toBeUndefined();
  expect(await restoreSchedules(queues, [everyMinute])).toEqual(['plan-due-days']);
  expect(await queues.get('days').getDelayedCount()).toBe(1);
});

test('a schedule whose next job was lost is restored, with one next job', async () => {
  const { queues, connection, prefix } = await startSystem(owner);
  await restoreSchedules(queues, [everyMinute]);
  const days = queues.get('days');
  const [next] = await days.getDelayed();
  // As after a crash between two commands of Redis, three minutes ago.
  await connection.zrem(`${prefix}:days:delayed`, next?.id ?? '');
  await connection.del(`${prefix}:days:${next?.id}`);
  await connection.zadd(
    `${prefix}:days:repeat`,
    String(now.getTime() - 3 * minute),
    'plan-due-days',
  );
  await restoreSchedules(queues, [everyMinute]);
  expect(await days.getJobSchedulersCount()).toBe(1);
  expect(await days.getDelayedCount()).toBe(1);
  const [again] = await days.getDelayed();
  expect((again?.timestamp ?? 0) + (again?.delay ?? 0)).toBe(now.getTime() + minute / 2);
});

test('a schedule advanced by a clock a year ahead is restored, with one next job', async () => {
  const { queues } = await startSystem(owner);
  jest.setSystemTime(new Date('2027-11-23T04:00:30Z'));
  await restoreSchedules(queues, [everyMinute, everyNight]);
  jest.setSystemTime(now);
  expect(await restoreSchedules(queues, [everyMinute, everyNight])).toHaveLength(2);
  const days = queues.get('days');
  const made = await days.getJobScheduler('plan-due-days');
  expect(made?.next).toBe(now.getTime() + minute / 2);
  const [next, ...others] = await days.getDelayed();
  expect([next?.timestamp, others]).toEqual([expect.any(Number), []]);
  expect((next?.timestamp ?? 0) + (next?.delay ?? 0)).toBe(made?.next);
});

test('each schedule has its own time zone, and one that differs is corrected', async () => {
  const { queues } = await startSystem(owner);
  expect(await restoreSchedules(queues, [everyMinute, everyNight])).toEqual([
    'plan-due-days',
    'backup',
  ]);
  const maintenance = queues.get('maintenance');
  const next = async () => {
    const { tz, next: at } = (await maintenance.getJobScheduler('backup')) ?? {};
    return [tz, new Date(at ?? 0).getUTCHours()];
  };
  expect(await next()).toEqual(['Asia/Shanghai', 18]);
  const elsewhere = { ...everyNight, timeZone: 'UTC' };
  expect(await restoreSchedules(queues, [everyMinute, elsewhere])).toEqual(['backup']);
  expect(await next()).toEqual(['UTC', 2]);
  expect(await maintenance.getDelayedCount()).toBe(1);
});

test('a schedule that is no longer wanted is removed', async () => {
  const { queues } = await startSystem(owner);
  await restoreSchedules(queues, [everyMinute, everyNight]);
  expect(await restoreSchedules(queues, [everyNight])).toEqual([]);
  expect(await queues.get('days').getJobScheduler('plan-due-days')).toBeUndefined();
  expect(await queues.get('days').getDelayedCount()).toBe(0);
  expect(await queues.get('maintenance').getDelayedCount()).toBe(1);
});
