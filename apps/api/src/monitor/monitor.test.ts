import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { makeWatching, never, redisThat, type Watching, worker } from '../../test/watching.js';
import type { WatchDeps } from './monitor.js';

let watching: Watching;
beforeEach(() => {
  watching = makeWatching();
});

const taken = async () => undefined;
const noWorker = { kind: 'no_worker', subject: 'fleet' } as const;

describe('Redis', () => {
  test.each<[string, Partial<WatchDeps>]>([
    ['never answers', { queues: redisThat(never) }],
    ['rejects writes', { queues: redisThat(() => Promise.reject(new Error('full'))) }],
    ['answers, but not about workers', { fleet: { workers: never } }],
    ['answers, but not about queues', { queues: { ...redisThat(taken), oldestWaits: never } }],
  ])('that %s is away, and nothing is said of workers', async (_name, changes) => {
    watching.open.push(noWorker);
    const { watchOnce } = watching.watchOn(changes);
    await watchOnce();
    expect(watching.told).toEqual([]);
    await watchOnce();
    expect(watching.told).toEqual(['raise redis_away']);
  });

  test('that answers between two misses is not away', async () => {
    let answers = false;
    const queues = redisThat(() => (answers ? taken() : never()));
    const { watchOnce } = watching.watchOn({ queues });
    for (answers of [false, true, false]) await watchOnce();
    expect(watching.told).toEqual([]);
  });

  test('that answers again is told of once', async () => {
    watching.open.push({ kind: 'redis_away', subject: 'redis' });
    const { watchOnce } = watching.watchOn();
    await watchOnce();
    watching.open.pop();
    await watchOnce();
    expect(watching.told).toEqual(['recover redis_away']);
  });

  test('that another api missed a moment ago is not told of as over by one that it answers', async () => {
    const { now } = watching.clock;
    watching.open.push({ kind: 'redis_away', subject: 'redis', lastSeenAt: now });
    const { watchOnce } = watching.watchOn();
    for (let looks = 0; looks < 3; looks++) {
      await watchOnce();
      watching.pass(15);
    }
    expect(watching.told).toEqual([]);
    await watchOnce();
    expect(watching.told).toEqual(['recover redis_away']);
  });

  test('that answers the api again which missed it is over at once', async () => {
    let answers = false;
    const queues = redisThat(() => (answers ? taken() : never()));
    const { watchOnce } = watching.watchOn({ queues });
    await watchOnce();
    await watchOnce();
    watching.open.push({ kind: 'redis_away', subject: 'redis', lastSeenAt: watching.clock.now });
    answers = true;
    await watchOnce();
    expect(watching.told).toEqual(['raise redis_away', 'recover redis_away']);
  });
});

describe('no worker', () => {
  let workers: ReturnType<typeof worker>[];
  let write: () => Promise<void>;
  let look: (seconds: number, times?: number) => Promise<void>;
  beforeEach(() => {
    workers = [];
    write = taken;
    const fleet = { workers: async () => workers };
    const { watchOnce } = watching.watchOn({ fleet, queues: redisThat(() => write()) });
    look = async (seconds, times = 1) => {
      for (let time = 0; time < times; time += 1) {
        watching.pass(seconds);
        await watchOnce();
      }
    };
  });

  test('is told of after longer than the limit, and when one is there again', async () => {
    await look(15, 4);
    expect(watching.told).toEqual([]);
    await look(1);
    expect(watching.told).toEqual(['raise no_worker']);
    workers = [worker('author-offline')];
    watching.open.push(noWorker);
    await look(15);
    expect(watching.told).toEqual(['raise no_worker', 'recover no_worker']);
  });

  test('is counted from the last one that was seen, and not while Redis is away', async () => {
    await look(15, 3);
    workers = [worker('days')];
    await look(15);
    workers = [];
    await look(15, 3);
    write = never;
    await look(15, 3);
    write = taken;
    await look(15, 4);
    expect(watching.told.filter((each) => each !== 'raise redis_away')).toEqual([]);
    await look(1);
    expect(watching.told.at(-1)).toBe('raise no_worker');
  });

  test('is not counted from before it began to look, nor over a time without a look', async () => {
    // It waited for migrations; then another api looked all the while.
    await look(3600);
    await look(20);
    await look(3600);
    expect(watching.told).toEqual([]);
    await look(20, 4);
    expect(watching.told).toEqual(['raise no_worker']);
  });
});

describe('what is due', () => {
  beforeEach(() => {
    const key = { channel: 'slack', phase: 'raised' } as const;
    watching.waiting.push({ ...key, alertId: 'one' }, { ...key, alertId: 'two' });
  });

  test.each<[string, Partial<WatchDeps>, string]>([
    ['at once where no worker is', { fleet: { workers: async () => [] } }, '04:00:00'],
    [
      'at once where no worker tells channels',
      { fleet: { workers: async () => [worker('days'), worker()] } },
      '04:00:00',
    ],
    ['at once where Redis is away', { queues: redisThat(never) }, '04:00:00'],
    ['after a minute where workers should have', {}, '03:59:00'],
  ])('is delivered %s', async (_name, changes, before) => {
    await watching.watchOn(changes).watchOnce();
    await turn();
    expect(watching.asked).toEqual([{ before: `2026-11-25T${before}Z`, channels: ['slack'] }]);
    expect(watching.sent).toEqual(['Texas AI: one', 'Texas AI: two']);
  });

  test('is delivered after what this look saw was raised', async () => {
    const order: string[] = [];
    const { watchOnce } = watching.watchOn({
      store: {
        days: { missing: async () => ({ count: 1, some: ['texas'] }) },
      } as unknown as WatchDeps['store'],
      alerts: { raise: async () => void order.push('raised'), recover: never },
      send: async () => `${order.push('sent')}`,
    });
    await watchOnce();
    await turn();
    expect(order).toEqual(['raised', 'sent', 'sent']);
  });
});

test('days are looked after with the planning time, or not at all', async () => {
  const questions: unknown[][] = [];
  const store = {
    days: {
      async missing(...question: unknown[]) {
        questions.push(question);
        return { count: 1, some: ['texas'] };
      },
    },
  } as unknown as WatchDeps['store'];
  await watching.watchOn({ store }).watchOnce();
  expect(watching.told).toEqual(['raise day_missing']);
  expect(questions).toEqual([[watching.clock.now, 240, 60]]);
  await watching.watchOn({ store, planningTime: null }).watchOnce();
  expect(questions).toHaveLength(1);
});
