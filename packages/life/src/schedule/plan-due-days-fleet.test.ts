import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import { makeStore, openDatabase } from '@texas-ai/storage';
import { buildBudget, makeLogSpy, makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import {
  clearCharacters,
  insertCharacters,
  makeScheduler,
  makeStepLog,
  manyCharacters,
  nextPlanningTimes,
} from '../../test/scheduler.js';
import { recoverStalled } from '../generation/recover-stalled.js';
import { requestGeneration } from '../generation/request-generation.js';
import type { Store } from '../store.js';
import { planDueDays } from './plan-due-days.js';

// Scheduling with many characters and workers.

let db: TestDatabase;

beforeAll(async () => {
  db = await makeTestDatabase();
});
afterAll(() => db.drop());
beforeEach(() => clearCharacters(db));

/** 04:00 of the 23rd in Shanghai. */
const four = '2026-11-22T20:00:00Z';
const clock = { now: () => Temporal.Instant.from(four) };

/** Has its own connection pool, like another worker. */
async function withPool<T>(poolMax: number, work: (store: Store) => Promise<T>): Promise<T> {
  const pool = openDatabase({
    url: db.url,
    applicationName: 'texas-test-pool',
    poolMax,
    connectTimeoutSeconds: 5,
    acquireTimeoutSeconds: 20,
    statementTimeoutSeconds: 20,
    idleInTransactionTimeoutSeconds: 20,
    logger: makeLogSpy(),
  });
  try {
    return await work(makeStore(pool));
  } finally {
    await pool.destroy();
  }
}

async function counted(table: string, column: string): Promise<number> {
  const [row] = await db.database(table).countDistinct({ count: column });
  return Number(row?.count);
}

test('four concurrent workers begin and enqueue each of 3,500 days once', async () => {
  const many = 3_500;
  await insertCharacters(db, manyCharacters(many));
  const nights = Array.from({ length: 4 }, () => makeScheduler(db));
  const nightly = () => Promise.all(nights.map((scheduler) => scheduler.at(four)));
  const begun = await nightly();
  expect(begun.reduce((sum, each) => sum + each.begun, 0)).toBe(many);
  const enqueued = nights.flatMap(({ steps }) => steps.enqueued);
  expect(enqueued).toHaveLength(many);
  expect(new Set(enqueued.map(({ generationId }) => generationId)).size).toBe(many);
  expect(await counted('generations', 'character_id')).toBe(many);
  expect(await counted('generations', 'id')).toBe(many);
  expect(new Set(Object.values(await nextPlanningTimes(db)))).toEqual(
    new Set(['2026-11-23T20:00:00Z']),
  );
  // Running again begins nothing, even if all characters are due again.
  expect(await nightly()).toEqual(Array(4).fill({ begun: 0, overBudget: 0 }));
  await db.database('characters').update({ next_plan_at: '-infinity' });
  expect(await nightly()).toEqual(Array(4).fill({ begun: 0, overBudget: 0 }));
  expect(nights.flatMap(({ steps }) => steps.enqueued)).toHaveLength(many);
});

test('concurrent requests for the same days get the same generations', async () => {
  const characters = manyCharacters(300);
  await insertCharacters(db, characters);
  const steps = makeStepLog();
  const asking = {
    store: db.store,
    steps,
    clock,
    logger: makeLogSpy(),
    onProgress: () => undefined,
    author: 'gemini',
    fallback: 'none',
    window: { daysBack: 1, daysAhead: 1 },
  } as const;
  const date = Temporal.PlainDate.from('2026-11-23');
  const wanted = { date, fresh: false, askedBy: 'person', requestId: null } as const;
  const asked = Object.keys(characters).map((character) =>
    requestGeneration(asking, { ...wanted, character, idempotency: null }),
  );
  const scheduler = makeScheduler(db);
  await Promise.all([...asked, scheduler.at(four), scheduler.at(four)]);
  expect(await counted('generations', 'id')).toBe(300);
  expect(await counted('generations', 'character_id')).toBe(300);
  expect(await counted('generations', 'run')).toBe(1);
});

test('an outage of the queue loses nothing: the reconciler enqueues later', async () => {
  await insertCharacters(db, manyCharacters(30));
  const scheduler = makeScheduler(db);
  scheduler.steps.away = true;
  expect(await scheduler.at(four)).toEqual({ begun: 30, overBudget: 0 });
  expect(scheduler.steps.enqueued).toEqual([]);
  expect(scheduler.logger.lines).toContainEqual({
    level: 'warn',
    message: 'days begun but not enqueued',
    fields: { days: 30, error: expect.objectContaining({ code: 'queue_unavailable' }) },
  });
  await expect(
    recoverStalled({ store: db.store, steps: scheduler.steps }, 0),
  ).rejects.toMatchObject({
    code: 'queue_unavailable',
  });
  scheduler.steps.away = false;
  expect(await recoverStalled({ store: db.store, steps: scheduler.steps }, 0)).toBe(30);
  const ids = new Set(scheduler.steps.enqueued.map(({ generationId }) => generationId));
  expect(ids.size).toBe(30);
  expect(scheduler.steps.enqueued).toHaveLength(30);
});

test('an outage of the database begins nothing and skips nobody', async () => {
  await insertCharacters(db, manyCharacters(3));
  const scheduler = makeScheduler(db);
  const before = await nextTimesAreUntouched();
  await db.database.raw('ALTER TABLE days RENAME TO days_away');
  await expect(scheduler.at(four)).rejects.toMatchObject({ code: 'internal_error' });
  await db.database.raw('ALTER TABLE days_away RENAME TO days');
  expect(await nextTimesAreUntouched()).toEqual(before);
  expect(scheduler.steps.enqueued).toEqual([]);
  expect(await scheduler.at(four)).toMatchObject({ begun: 3 });
});

async function nextTimesAreUntouched() {
  const { rows } = await db.database.raw(
    'SELECT id, next_plan_at::text FROM characters ORDER BY 1',
  );
  return rows;
}

test('a stopping worker begins no more days', async () => {
  await insertCharacters(db, manyCharacters(3));
  const stopping = new AbortController();
  stopping.abort(new Error('Stopped.'));
  const scheduler = {
    store: db.store,
    steps: makeStepLog(),
    clock,
    logger: makeLogSpy(),
    planningTime: 240,
    author: 'offline',
    model: null,
    fallback: 'none',
    chapters: 4,
    budget: buildBudget(),
  } as const;
  await expect(planDueDays(scheduler, stopping.signal)).rejects.toThrow('Stopped.');
  expect(await counted('generations', 'id')).toBe(0);
});

test('a single connection is enough, also for the budget', async () => {
  await insertCharacters(db, manyCharacters(3));
  const cap = { tokens: 1_000_000, money: null };
  const none = { tokens: null, money: null };
  const budget = buildBudget({ everybody: { day: cap, month: none } });
  await withPool(1, async (store) => {
    expect(await makeScheduler(db, { store, budget }).at(four)).toEqual({
      begun: 3,
      overBudget: 0,
    });
  });
});

test('an unknown time zone does not affect other characters', async () => {
  await insertCharacters(db, { ...manyCharacters(20), stranger: 'Mars/Phobos' });
  const scheduler = makeScheduler(db);
  expect(await scheduler.at(four)).toMatchObject({ begun: 20 });
  expect(scheduler.logger.lines.filter(({ level }) => level === 'error')).toMatchObject([
    { fields: { character: 'stranger', timeZone: 'Mars/Phobos' } },
  ]);
  expect((await nextPlanningTimes(db)).stranger).toBe('2026-11-23T20:00:00Z');
  const later = (await db.store.now()).add({ hours: 1 });
  expect((await db.store.days.missing(later, 0, 0)).count).toBe(20);
});
