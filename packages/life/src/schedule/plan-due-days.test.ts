import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { localDate, Temporal } from '@texas-ai/kernel';
import { buildProfile, makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import {
  clearCharacters,
  insertCharacters,
  makeScheduler,
  nextPlanningTimes,
} from '../../test/scheduler.js';

let db: TestDatabase;

beforeAll(async () => {
  db = await makeTestDatabase();
});
afterAll(() => db.drop());
beforeEach(() => clearCharacters(db));

const zones = {
  apia: 'Pacific/Apia',
  berlin: 'Europe/Berlin',
  kathmandu: 'Asia/Kathmandu',
  newyork: 'America/New_York',
  shanghai: 'Asia/Shanghai',
};
/** 04:00 of the 23rd in Shanghai. */
const four = '2026-11-22T20:00:00Z';

const generations = () => db.database('generations').orderBy(['character_id', 'ordinal']);
const begun = async () =>
  (await generations()).map(({ character_id, date }) => `${character_id} ${date}`).sort();
async function beginOne(scheduler = makeScheduler(db)) {
  expect(await scheduler.at(four)).toMatchObject({ begun: 1 });
  const [row] = await generations();
  return row.id as string;
}
const makeDueAgain = () => db.database('characters').update({ next_plan_at: '-infinity' });

describe('the schedule', () => {
  test('begins the local today of each character at her planning time', async () => {
    await insertCharacters(db, zones);
    const scheduler = makeScheduler(db);
    // It is 09:00 of the 23rd in Apia, 15:00 of the 22nd in New York, 01:45 in Kathmandu.
    expect(await scheduler.at(four)).toEqual({ begun: 4, overBudget: 0 });
    expect(await begun()).toEqual([
      'apia 2026-11-23',
      'berlin 2026-11-22',
      'newyork 2026-11-22',
      'shanghai 2026-11-23',
    ]);
    expect(await nextPlanningTimes(db)).toEqual({
      apia: '2026-11-23T15:00:00Z',
      berlin: '2026-11-23T03:00:00Z',
      kathmandu: '2026-11-22T22:15:00Z',
      newyork: '2026-11-23T09:00:00Z',
      shanghai: '2026-11-23T20:00:00Z',
    });
    expect(scheduler.steps.enqueued.map(({ kind, run, askedBy }) => [kind, run, askedBy])).toEqual(
      Array(4).fill(['plan-day', 1, 'night']),
    );
  });

  test('begins nothing before the planning time, to the second', async () => {
    await insertCharacters(db, { shanghai: 'Asia/Shanghai' });
    const scheduler = makeScheduler(db);
    const before = { begun: 0, overBudget: 0 };
    // New characters are due at once, then at their planning time.
    expect(await scheduler.at('2026-11-22T17:00:00Z')).toEqual(before);
    expect(await nextPlanningTimes(db)).toEqual({ shanghai: four });
    expect(await scheduler.at('2026-11-22T19:59:59Z')).toEqual(before);
    expect(scheduler.steps.enqueued).toEqual([]);
    expect(await scheduler.at(four)).toEqual({ begun: 1, overBudget: 0 });
    expect(await scheduler.at(four)).toEqual(before);
    expect(scheduler.steps.enqueued).toHaveLength(1);
  });

  test.each([
    ['ordinary days', '2026-11-21T00:00:00Z'],
    ['the start of daylight saving time', '2026-03-28T00:00:00Z'],
    ['its end', '2026-10-24T00:00:00Z'],
  ])('begins each date once when it runs every quarter of an hour: %s', async (_, from) => {
    await insertCharacters(db, zones);
    // 02:30, which Berlin skips or repeats.
    const scheduler = makeScheduler(db, { planningTime: 150 });
    const expected = new Set<string>();
    for (let quarter = 0; quarter < 4 * 72; quarter++) {
      const now = Temporal.Instant.from(from).add({ minutes: 15 * quarter });
      await scheduler.at(now);
      for (const [id, zone] of Object.entries(zones)) {
        const { hour, minute } = now.toZonedDateTimeISO(zone);
        if (hour * 60 + minute >= 150) expected.add(`${id} ${localDate(now, zone)}`);
      }
    }
    expect(await begun()).toEqual([...expected].sort());
    expect(scheduler.steps.enqueued).toHaveLength(expected.size);
  });

  test('begins only today after an outage of five days', async () => {
    await insertCharacters(db, zones);
    const scheduler = makeScheduler(db);
    await scheduler.at(four);
    expect(await scheduler.at('2026-11-27T20:00:00Z')).toMatchObject({ begun: 4 });
    expect((await begun()).filter((each) => /apia|shanghai/.test(each))).toEqual([
      'apia 2026-11-23',
      'apia 2026-11-28',
      'shanghai 2026-11-23',
      'shanghai 2026-11-28',
    ]);
    expect(await nextPlanningTimes(db)).toMatchObject({ shanghai: '2026-11-28T20:00:00Z' });
  });

  test('sets the deadline for the fallback, whatever the fallback is', async () => {
    await insertCharacters(db, { shanghai: 'Asia/Shanghai' });
    await beginOne();
    // She wakes at 06:00 at the earliest; the deadline is an hour before, an hour from now.
    expect(await generations()).toMatchObject([
      { fallback_at: Temporal.Instant.from(four).add({ hours: 1 }), author: 'gemini' },
    ]);
    for (const [options, waits] of [
      [{ fallback: 'none' }, true],
      [{ author: 'offline' }, false],
    ] as const) {
      await db.database('generations').delete();
      await makeDueAgain();
      await beginOne(makeScheduler(db, options));
      const [begun] = await generations();
      expect([begun?.fallback_at !== null, begun?.fallback_from]).toEqual([waits, null]);
    }
  });
});

describe('a date', () => {
  const next = { shanghai: '2026-11-23T20:00:00Z' };
  beforeEach(() => insertCharacters(db, { shanghai: 'Asia/Shanghai' }));

  test('with a generation in flight is left alone', async () => {
    const id = await beginOne();
    await makeDueAgain();
    const scheduler = makeScheduler(db);
    expect(await scheduler.at(four)).toEqual({ begun: 0, overBudget: 0 });
    expect(await nextPlanningTimes(db)).toEqual(next);
    expect(await generations()).toMatchObject([{ id, run: 1 }]);
    expect(scheduler.steps.enqueued).toEqual([]);
  });

  test('with a live day is left alone', async () => {
    const id = await beginOne();
    const whole = { brief: '{}', chapters_total: 1, chapters_written: 1, finished_at: four };
    await db.database('generations').update({ ...whole, status: 'published' });
    await db
      .database('days')
      .insert({ character_id: 'shanghai', date: '2026-11-23', generation_id: id });
    await makeDueAgain();
    expect(await makeScheduler(db).at(four)).toEqual({ begun: 0, overBudget: 0 });
    expect(await nextPlanningTimes(db)).toEqual(next);
  });

  test('with a failed generation resumes it under a new run', async () => {
    const id = await beginOne();
    await db.store.generations.fail(id, null, { code: 'author_timeout', message: 'Late.' });
    await makeDueAgain();
    const scheduler = makeScheduler(db);
    expect(await scheduler.at(four)).toEqual({ begun: 1, overBudget: 0 });
    expect(await generations()).toMatchObject([{ id, status: 'queued', run: 2 }]);
    expect(scheduler.steps.enqueued).toMatchObject([{ generationId: id, run: 2 }]);
  });

  test('with a failed generation of another author begins a new one', async () => {
    const id = await beginOne(makeScheduler(db, { author: 'offline' }));
    await db.store.generations.fail(id, null, { code: 'internal_error', message: 'A bug.' });
    await makeDueAgain();
    const scheduler = makeScheduler(db);
    expect(await scheduler.at(four)).toEqual({ begun: 1, overBudget: 0 });
    expect(await generations()).toMatchObject([
      { id, status: 'failed', author: 'offline' },
      { ordinal: 2, status: 'queued', author: 'gemini' },
    ]);
  });

  test('with a failed fallback is resumed, and not counted as over budget', async () => {
    const id = await beginOne();
    await db.store.generations.fallBack(id, null, { code: 'author_blocked', message: '' });
    await db.store.generations.fail(id, null, { code: 'internal_error', message: 'A bug.' });
    await makeDueAgain();
    const scheduler = makeScheduler(db, { author: 'offline' });
    expect(await scheduler.at(four)).toEqual({ begun: 1, overBudget: 0 });
    expect(await generations()).toMatchObject([{ id, run: 3, fallback_code: 'author_blocked' }]);
  });
});

test('a character is planned only while her profile is present', async () => {
  const record = (id: string) => ({
    profile: buildProfile('zh', { id, timeZone: 'Asia/Shanghai' }),
    hash: id,
  });
  await db.store.characters.synchronise([record('texas'), record('lin')]);
  await makeDueAgain();
  await db.store.characters.synchronise([record('texas')]);
  const scheduler = makeScheduler(db);
  await scheduler.at(four);
  await scheduler.at('2026-11-23T20:00:00Z');
  expect(await begun()).toEqual(['texas 2026-11-23', 'texas 2026-11-24']);
  await db.store.characters.synchronise([record('texas'), record('lin')]);
  await scheduler.at('2126-01-01T00:00:00Z');
  expect(await begun()).toContain('lin 2126-01-01');
});
