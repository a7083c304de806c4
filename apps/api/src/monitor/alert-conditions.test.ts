import { describe, expect, test } from '@jest/globals';
import type { QueueName } from '@texas-ai/jobs';
import type { AlertCondition } from '@texas-ai/kernel';
import { worker } from '../../test/monitor.js';
import { evaluateConditions, reportConditions, type SystemSnapshot } from './alert-conditions.js';

const limits = { queueWaitSeconds: 1800, noWorkerSeconds: 60, dayMissingMinutes: 60 };
const waits = (...pairs: [QueueName, number][]): SystemSnapshot['oldestWaitSeconds'] =>
  new Map(pairs);
const healthy: SystemSnapshot = {
  redis: true,
  evictionPolicy: null,
  workers: [worker('days', 'alerts')],
  oldestWaitSeconds: waits(['days', 0], ['alerts', 3]),
  missingDays: { count: 0, some: [] },
};

const evaluate = (
  changes: Partial<SystemSnapshot>,
  workerlessSeconds = 0,
  redisMisses?: number,
) => {
  const result = { ...healthy, ...changes };
  return evaluateConditions(result, {
    redisMisses: redisMisses ?? (result.redis ? 0 : 2),
    workerlessSeconds,
    limits,
  });
};
const named = (some: readonly Pick<AlertCondition, 'kind' | 'subject'>[]) =>
  some.map(({ kind, subject }) => `${kind} ${subject}`);
const all = [
  'redis_away redis',
  'day_missing days',
  'redis_evicts redis',
  'no_worker fleet',
  'queue_waits days',
  'queue_waits alerts',
];

describe('evaluating', () => {
  test.each<[string, Partial<SystemSnapshot>, number, string[], string[]]>([
    ['a healthy system', {}, 0, [], all],
    ['values at the limits', { oldestWaitSeconds: waits(['days', 1800]) }, 60, [], all.slice(0, 5)],
    [
      'no worker past the limit',
      {},
      60.1,
      ['no_worker fleet'],
      all.filter((each) => each !== 'no_worker fleet'),
    ],
    [
      'a long wait in one queue',
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
      'workers and queues without Redis',
      { redis: false, oldestWaitSeconds: waits() },
      3600,
      ['redis_away redis'],
      ['day_missing days'],
    ],
    [
      'a missing day without Redis',
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
  ])('%s', (_name, changes, workerlessSeconds, active, inactive) => {
    const result = evaluate(changes, workerlessSeconds);
    expect(named(result.active)).toEqual(active);
    expect(named(result.inactive)).toEqual(inactive);
  });
});

test('a single missing response of Redis is neither an outage nor its end', () => {
  const result = evaluate({ redis: false, oldestWaitSeconds: waits() }, 0, 1);
  expect([result.active, named(result.inactive)]).toEqual([[], ['day_missing days']]);
});

describe('texts', () => {
  test.each<[string, SystemSnapshot['missingDays'], string, string]>([
    ['of one', { count: 1, some: ['texas'] }, 'texas has no day', ': texas. GET'],
    ['of two', { count: 2, some: ['a', 'b'] }, '2 characters have no day', ': a, b. GET'],
    ['of many', { count: 12, some: ['a', 'b'] }, '12 characters have no day', ': a, b, …. GET'],
  ])('%s missing day', (_name, missingDays, title, list) => {
    const [condition] = evaluate({ missingDays }).active;
    expect(condition?.title).toBe(title);
    expect(condition?.message).toContain(`more than 60 minutes ago${list}`);
  });

  test('name the eviction policy and its fix', () => {
    const [condition] = evaluate({ evictionPolicy: 'volatile-lru' }).active;
    expect(condition?.level).toBe('warning');
    expect(condition?.message).toMatch(/maxmemory-policy volatile-lru: .*Set it to noeviction/);
  });

  test('name the wait in minutes', () => {
    const [condition] = evaluate({ oldestWaitSeconds: waits(['author-gemini', 5400]) }).active;
    expect(condition?.title).toBe('jobs wait too long in author-gemini');
    expect(condition?.message).toContain(
      'The oldest has waited 90 minutes. No live worker consumes this queue',
    );
    const workers = [worker('author-gemini')];
    const [known] = evaluate({ workers, oldestWaitSeconds: waits(['author-gemini', 5400]) }).active;
    expect(known?.message).toContain('The oldest has waited 90 minutes. Add workers');
  });

  test('are not needed for alerts that the api delivers itself', () => {
    const changes = { workers: [worker('days')], oldestWaitSeconds: waits(['alerts', 5400]) };
    const { active, inactive } = evaluate(changes);
    expect(active).toEqual([]);
    expect(named(inactive)).toContain('queue_waits alerts');
  });

  test('belong to errors that last until they recover', () => {
    const changes = {
      missingDays: { count: 1, some: ['texas'] },
      oldestWaitSeconds: waits(['days', 9e3]),
    };
    const active = [...evaluate(changes, 61).active, ...evaluate({ redis: false }).active];
    expect(active).toHaveLength(4);
    for (const { level, quietSeconds } of active) {
      expect([level, quietSeconds]).toEqual(['error', undefined]);
    }
  });
});

describe('reporting', () => {
  test('raises active conditions and recovers open alerts that are over', async () => {
    const reported: string[] = [];
    const alerts = {
      raise: async (condition: AlertCondition) => void reported.push(`raise ${named([condition])}`),
      recover: async (over: Pick<AlertCondition, 'kind' | 'subject'>) =>
        void reported.push(`recover ${named([over])}`),
    };
    const open = [
      { kind: 'redis_away', subject: 'redis' },
      { kind: 'queue_waits', subject: 'alerts' },
      { kind: 'queue_waits', subject: 'days' },
      // Not the monitor's to recover.
      { kind: 'author_unauthorized', subject: 'gemini 1234' },
      { kind: 'no_worker', subject: 'elsewhere' },
    ] as const;
    await reportConditions(
      alerts,
      open,
      evaluate({ oldestWaitSeconds: waits(['days', 1801], ['alerts', 3]) }),
    );
    expect(reported).toEqual([
      'raise queue_waits days',
      'recover redis_away redis',
      'recover queue_waits alerts',
    ]);
  });

  test('leaves alerts open that cannot be evaluated', async () => {
    const reported: string[] = [];
    const alerts = {
      raise: async ({ kind }: AlertCondition) => void reported.push(kind),
      recover: async () => void reported.push('recovered'),
    };
    const open = [{ kind: 'no_worker', subject: 'fleet' }] as const;
    await reportConditions(alerts, open, evaluate({ redis: false, oldestWaitSeconds: waits() }));
    expect(reported).toEqual(['redis_away']);
  });
});
