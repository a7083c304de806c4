import { describe, expect, test } from '@jest/globals';
import type { QueueName } from '@texas-ai/jobs';
import type { Trouble } from '@texas-ai/kernel';
import { worker } from '../../test/watching.js';
import { type Sight, tellAll, troublesIn } from './snapshot.js';

const limits = { queueWaitSeconds: 1800, noWorkerSeconds: 60, dayMissingMinutes: 60 };
const waits = (...pairs: [QueueName, number][]): Sight['oldestWaitSeconds'] => new Map(pairs);
const fine: Sight = {
  redis: true,
  evictionPolicy: null,
  workers: [worker('days', 'alerts')],
  oldestWaitSeconds: waits(['days', 0], ['alerts', 3]),
  missingDays: { count: 0, some: [] },
};

const look = (sight: Partial<Sight>, workerlessSeconds = 0, redisMisses?: number) => {
  const seen = { ...fine, ...sight };
  return troublesIn(seen, {
    redisMisses: redisMisses ?? (seen.redis ? 0 : 2),
    workerlessSeconds,
    limits,
  });
};
const named = (some: readonly Pick<Trouble, 'kind' | 'subject'>[]) =>
  some.map(({ kind, subject }) => `${kind} ${subject}`);
const all = [
  'redis_away redis',
  'day_missing days',
  'redis_evicts redis',
  'no_worker fleet',
  'queue_waits days',
  'queue_waits alerts',
];

describe('there is', () => {
  test.each<[string, Partial<Sight>, number, string[], string[]]>([
    ['nothing where all is well', {}, 0, [], all],
    [
      'nothing at the limits',
      { oldestWaitSeconds: waits(['days', 1800]) },
      60,
      [],
      all.slice(0, 5),
    ],
    [
      'no worker past the limit',
      {},
      60.1,
      ['no_worker fleet'],
      all.filter((each) => each !== 'no_worker fleet'),
    ],
    [
      'a wait in one queue and none in another',
      { oldestWaitSeconds: waits(['days', 1801], ['alerts', 3]) },
      0,
      ['queue_waits days'],
      all.filter((each) => each !== 'queue_waits days'),
    ],
    [
      'a missing day',
      { missingDays: { count: 1, some: ['texas'] } },
      0,
      ['day_missing days'],
      all.filter((each) => each !== 'day_missing days'),
    ],
    [
      'a Redis that may drop jobs',
      { evictionPolicy: 'allkeys-lru' },
      0,
      ['redis_evicts redis'],
      all.filter((each) => each !== 'redis_evicts redis'),
    ],
    [
      'nothing to say of workers and queues without Redis',
      { redis: false, oldestWaitSeconds: waits() },
      3600,
      ['redis_away redis'],
      ['day_missing days'],
    ],
    [
      'a missing day to tell of also without Redis',
      { redis: false, oldestWaitSeconds: waits(), missingDays: { count: 1, some: ['texas'] } },
      0,
      ['redis_away redis', 'day_missing days'],
      [],
    ],
    [
      'everything at once',
      {
        oldestWaitSeconds: waits(['days', 9000], ['alerts', 1801]),
        missingDays: { count: 2, some: ['a', 'b'] },
        evictionPolicy: 'volatile-lru',
      },
      61,
      all.slice(1),
      ['redis_away redis'],
    ],
  ])('%s', (_name, sight, workerlessSeconds, troubles, none) => {
    const seen = look(sight, workerlessSeconds);
    expect(named(seen.troubles)).toEqual(troubles);
    expect(named(seen.none)).toEqual(none);
  });
});

test('a single answer of Redis that is missing is neither trouble nor all well', () => {
  const seen = look({ redis: false, oldestWaitSeconds: waits() }, 0, 1);
  expect([seen.troubles, named(seen.none)]).toEqual([[], ['day_missing days']]);
});

describe('what is said', () => {
  test.each<[string, Sight['missingDays'], string, string]>([
    ['of one', { count: 1, some: ['texas'] }, 'texas has no day', ': texas. GET'],
    ['of two', { count: 2, some: ['a', 'b'] }, '2 characters have no day', ': a, b. GET'],
    ['of many', { count: 12, some: ['a', 'b'] }, '12 characters have no day', ': a, b, …. GET'],
  ])('%s missing day', (_name, missingDays, title, list) => {
    const [trouble] = look({ missingDays }).troubles;
    expect(trouble?.title).toBe(title);
    expect(trouble?.message).toContain(`more than 60 minutes ago${list}`);
  });

  test('of a Redis that may drop jobs is its policy, and what to set', () => {
    const [trouble] = look({ evictionPolicy: 'volatile-lru' }).troubles;
    expect(trouble?.level).toBe('warning');
    expect(trouble?.message).toMatch(/is volatile-lru: .*Set it to noeviction/);
  });

  test('of a wait is how many minutes it is', () => {
    const [trouble] = look({ oldestWaitSeconds: waits(['author-gemini', 5400]) }).troubles;
    expect(trouble?.title).toBe('jobs wait too long in author-gemini');
    expect(trouble?.message).toContain('The oldest has waited 90 minutes. No live worker works it');
    const workers = [worker('author-gemini')];
    const [known] = look({ workers, oldestWaitSeconds: waits(['author-gemini', 5400]) }).troubles;
    expect(known?.message).toContain('The oldest has waited 90 minutes. More workers');
  });

  test('of a wait is nothing where the api itself does that work', () => {
    const sight = { workers: [worker('days')], oldestWaitSeconds: waits(['alerts', 5400]) };
    const { troubles, none } = look(sight);
    expect(troubles).toEqual([]);
    expect(named(none)).toContain('queue_waits alerts');
  });

  test('is an error that lasts until the watch says that it is over', () => {
    const sight = {
      missingDays: { count: 1, some: ['texas'] },
      oldestWaitSeconds: waits(['days', 9e3]),
    };
    const troubles = [...look(sight, 61).troubles, ...look({ redis: false }).troubles];
    expect(troubles).toHaveLength(4);
    for (const { level, quietSeconds } of troubles) {
      expect([level, quietSeconds]).toEqual(['error', undefined]);
    }
  });
});

describe('telling', () => {
  test('raises what there is and recovers what was open and is over, nothing else', async () => {
    const told: string[] = [];
    const alerts = {
      raise: async (trouble: Trouble) => void told.push(`raise ${named([trouble])}`),
      recover: async (over: Pick<Trouble, 'kind' | 'subject'>) =>
        void told.push(`recover ${named([over])}`),
    };
    const open = [
      { kind: 'redis_away', subject: 'redis' },
      { kind: 'queue_waits', subject: 'alerts' },
      { kind: 'queue_waits', subject: 'days' },
      // Of others: a worker says when these are over.
      { kind: 'author_unauthorized', subject: 'gemini 1234' },
      { kind: 'no_worker', subject: 'elsewhere' },
    ] as const;
    await tellAll(alerts, open, look({ oldestWaitSeconds: waits(['days', 1801], ['alerts', 3]) }));
    expect(told).toEqual([
      'raise queue_waits days',
      'recover redis_away redis',
      'recover queue_waits alerts',
    ]);
  });

  test('leaves open what nobody can tell of', async () => {
    const told: string[] = [];
    const alerts = {
      raise: async ({ kind }: Trouble) => void told.push(kind),
      recover: async () => void told.push('recovered'),
    };
    const open = [{ kind: 'no_worker', subject: 'fleet' }] as const;
    await tellAll(alerts, open, look({ redis: false, oldestWaitSeconds: waits() }));
    expect(told).toEqual(['redis_away']);
  });
});
