import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  type MonitorHarness,
  makeMonitorHarness,
  never,
  queuesWith,
  worker,
} from '../../test/monitor.js';
import type { MonitorDeps } from './monitor.js';

let harness: MonitorHarness;
beforeEach(() => {
  harness = makeMonitorHarness();
});

const writable = async () => undefined;
const noWorker = { kind: 'no_worker', subject: 'fleet' } as const;

describe('Redis', () => {
  test.each<[string, Partial<MonitorDeps>]>([
    ['does not respond', { queues: queuesWith(never) }],
    ['rejects writes', { queues: queuesWith(() => Promise.reject(new Error('full'))) }],
    ['does not respond about workers', { fleet: { workers: never } }],
    ['does not respond about queues', { queues: { ...queuesWith(writable), oldestWaits: never } }],
  ])('that %s is unavailable, and workers are unknown', async (_name, changes) => {
    harness.open.push(noWorker);
    const { checkOnce } = harness.monitorWith(changes);
    await checkOnce();
    expect(harness.reported).toEqual([]);
    await checkOnce();
    expect(harness.reported).toEqual(['raise redis_away']);
  });

  test('that responds between two misses does not count as an outage', async () => {
    let answers = false;
    const queues = queuesWith(() => (answers ? writable() : never()));
    const { checkOnce } = harness.monitorWith({ queues });
    for (answers of [false, true, false]) await checkOnce();
    expect(harness.reported).toEqual([]);
  });

  test('that responds again recovers once', async () => {
    harness.open.push({ kind: 'redis_away', subject: 'redis' });
    const { checkOnce } = harness.monitorWith();
    await checkOnce();
    harness.open.pop();
    await checkOnce();
    expect(harness.reported).toEqual(['recover redis_away']);
  });

  test('that another api missed just now does not recover yet', async () => {
    const { now } = harness.clock;
    harness.open.push({ kind: 'redis_away', subject: 'redis', lastSeenAt: now });
    const { checkOnce } = harness.monitorWith();
    for (let checks = 0; checks < 3; checks++) {
      await checkOnce();
      harness.pass(15);
    }
    expect(harness.reported).toEqual([]);
    await checkOnce();
    expect(harness.reported).toEqual(['recover redis_away']);
  });

  test('recovers at once for the api that missed it', async () => {
    let answers = false;
    const queues = queuesWith(() => (answers ? writable() : never()));
    const { checkOnce } = harness.monitorWith({ queues });
    await checkOnce();
    await checkOnce();
    harness.open.push({ kind: 'redis_away', subject: 'redis', lastSeenAt: harness.clock.now });
    answers = true;
    await checkOnce();
    expect(harness.reported).toEqual(['raise redis_away', 'recover redis_away']);
  });
});

describe('no worker', () => {
  let workers: ReturnType<typeof worker>[];
  let write: () => Promise<void>;
  let checkEvery: (seconds: number, times?: number) => Promise<void>;
  beforeEach(() => {
    workers = [];
    write = writable;
    const fleet = { workers: async () => workers };
    const { checkOnce } = harness.monitorWith({ fleet, queues: queuesWith(() => write()) });
    checkEvery = async (seconds, times = 1) => {
      for (let time = 0; time < times; time += 1) {
        harness.pass(seconds);
        await checkOnce();
      }
    };
  });

  test('is raised past the limit and recovers with the next worker', async () => {
    await checkEvery(15, 4);
    expect(harness.reported).toEqual([]);
    await checkEvery(1);
    expect(harness.reported).toEqual(['raise no_worker']);
    workers = [worker('author-offline')];
    harness.open.push(noWorker);
    await checkEvery(15);
    expect(harness.reported).toEqual(['raise no_worker', 'recover no_worker']);
  });

  test('is timed from the last worker seen, and not while Redis is unavailable', async () => {
    await checkEvery(15, 3);
    workers = [worker('days')];
    await checkEvery(15);
    workers = [];
    await checkEvery(15, 3);
    write = never;
    await checkEvery(15, 3);
    write = writable;
    await checkEvery(15, 4);
    expect(harness.reported.filter((each) => each !== 'raise redis_away')).toEqual([]);
    await checkEvery(1);
    expect(harness.reported.at(-1)).toBe('raise no_worker');
  });

  test('is not timed across a gap between checks', async () => {
    // First migrations were pending, then another api was checking.
    await checkEvery(3600);
    await checkEvery(20);
    await checkEvery(3600);
    expect(harness.reported).toEqual([]);
    await checkEvery(20, 4);
    expect(harness.reported).toEqual(['raise no_worker']);
  });
});

describe('due alerts', () => {
  beforeEach(() => {
    const key = { channel: 'slack', phase: 'raised' } as const;
    harness.waiting.push({ ...key, alertId: 'one' }, { ...key, alertId: 'two' });
  });

  test.each<[string, Partial<MonitorDeps>, string]>([
    ['at once without workers', { fleet: { workers: async () => [] } }, '04:00:00'],
    [
      'at once without a worker for alerts',
      { fleet: { workers: async () => [worker('days'), worker()] } },
      '04:00:00',
    ],
    ['at once while Redis is unavailable', { queues: queuesWith(never) }, '04:00:00'],
    ['after a minute otherwise', {}, '03:59:00'],
  ])('are delivered %s', async (_name, changes, before) => {
    await harness.monitorWith(changes).checkOnce();
    await turn();
    expect(harness.dueCalls).toEqual([{ before: `2026-11-25T${before}Z`, channels: ['slack'] }]);
    expect(harness.sent).toEqual(['Texas AI: one', 'Texas AI: two']);
  });

  test('are delivered after this check has raised its own', async () => {
    const order: string[] = [];
    const { checkOnce } = harness.monitorWith({
      store: {
        days: { missing: async () => ({ count: 1, some: ['texas'] }) },
      } as unknown as MonitorDeps['store'],
      alerts: { raise: async () => void order.push('raised'), recover: never },
      send: async () => `${order.push('sent')}`,
    });
    await checkOnce();
    await turn();
    expect(order).toEqual(['raised', 'sent', 'sent']);
  });
});

test('missing days are checked only with a planning time', async () => {
  const calls: unknown[][] = [];
  const store = {
    days: {
      async missing(...args: unknown[]) {
        calls.push(args);
        return { count: 1, some: ['texas'] };
      },
    },
  } as unknown as MonitorDeps['store'];
  await harness.monitorWith({ store }).checkOnce();
  expect(harness.reported).toEqual(['raise day_missing']);
  expect(calls).toEqual([[harness.clock.now, 240, 60]]);
  await harness.monitorWith({ store, planningTime: null }).checkOnce();
  expect(calls).toHaveLength(1);
});
