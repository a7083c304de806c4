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

// Many characters, many workers.

let db: TestDatabase;

beforeAll(async () => {
  db = await makeTestDatabase();
});
afterAll(() => db.drop());
beforeEach(() => clearCharacters(db));

/** Four in the morning of the 23rd in Shanghai. */
const four = '2026-11-22T20:00:00Z';
const clock = { now: () => Temporal.Instant.from(four) };

/** Works with a pool of its own, as another worker would. */
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

test('four who look at once begin each of 3,500 days once, and enqueue each once', async () => {
  const many = 3_500;
  await insertCharacters(db, manyCharacters(many));
  const nights = Array.from({ length: 4 }, () => makeScheduler(db));
  const nightly = () => Promise.all(nights.map((night) => night.at(four)));
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
  // Running again begins nothing, also where all are looked at again.
  expect(await nightly()).toEqual(Array(4).fill({ begun: 0, overBudget: 0 }));
  await db.database('characters').update({ next_plan_at: '-infinity' });
  expect(await nightly()).toEqual(Array(4).fill({ begun: 0, overBudget: 0 }));
  expect(nights.flatMap(({ steps }) => steps.enqueued)).toHaveLength(many);
});

test('people who ask for the same days meanwhile get the same generations', async () => {
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
  const night = makeScheduler(db);
  await Promise.all([...asked, night.at(four), night.at(four)]);
  expect(await counted('generations', 'id')).toBe(300);
  expect(await counted('generations', 'character_id')).toBe(300);
  expect(await counted('generations', 'run')).toBe(1);
});

test('a queue that is away loses nothing: what was begun is taken up later', async () => {
  await insertCharacters(db, manyCharacters(30));
  const night = makeScheduler(db);
  night.steps.away = true;
  expect(await night.at(four)).toEqual({ begun: 30, overBudget: 0 });
  expect(night.steps.enqueued).toEqual([]);
  expect(night.logger.lines).toContainEqual({
    level: 'warn',
    message: 'days begun but not enqueued',
    fields: { days: 30, error: expect.objectContaining({ code: 'queue_unavailable' }) },
  });
  await expect(recoverStalled({ store: db.store, steps: night.steps }, 0)).rejects.toMatchObject({
    code: 'queue_unavailable',
  });
  night.steps.away = false;
  expect(await recoverStalled({ store: db.store, steps: night.steps }, 0)).toBe(30);
  const ids = new Set(night.steps.enqueued.map(({ generationId }) => generationId));
  expect(ids.size).toBe(30);
  expect(night.steps.enqueued).toHaveLength(30);
});

test('a database that is away begins nothing and forgets nobody', async () => {
  await insertCharacters(db, manyCharacters(3));
  const night = makeScheduler(db);
  const before = await nextTimesAreUntouched();
  await db.database.raw('ALTER TABLE days RENAME TO days_away');
  await expect(night.at(four)).rejects.toMatchObject({ code: 'internal_error' });
  await db.database.raw('ALTER TABLE days_away RENAME TO days');
  expect(await nextTimesAreUntouched()).toEqual(before);
  expect(night.steps.enqueued).toEqual([]);
  expect(await night.at(four)).toMatchObject({ begun: 3 });
});

async function nextTimesAreUntouched() {
  const { rows } = await db.database.raw(
    'SELECT id, next_plan_at::text FROM characters ORDER BY 1',
  );
  return rows;
}

test('a worker that stops begins no more', async () => {
  await insertCharacters(db, manyCharacters(3));
  const stopping = new AbortController();
  stopping.abort(new Error('Stopped.'));
  const night = {
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
  await expect(planDueDays(night, stopping.signal)).rejects.toThrow('Stopped.');
  expect(await counted('generations', 'id')).toBe(0);
});

test('one connection is enough, also to look at the budget', async () => {
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

test('one whose zone is unknown here stops nobody else', async () => {
  await insertCharacters(db, { ...manyCharacters(20), stranger: 'Mars/Phobos' });
  const night = makeScheduler(db);
  expect(await night.at(four)).toMatchObject({ begun: 20 });
  expect(night.logger.lines.filter(({ level }) => level === 'error')).toMatchObject([
    { fields: { character: 'stranger', timeZone: 'Mars/Phobos' } },
  ]);
  expect((await nextPlanningTimes(db)).stranger).toBe('2026-11-23T20:00:00Z');
  const later = (await db.store.now()).add({ hours: 1 });
  expect((await db.store.days.missing(later, 0, 0)).count).toBe(20);
});
