import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import type { TestDatabase } from '@texas-ai/testing';
import { makeFleet } from '../../test/fleet.js';
import { makePruningDatabase } from '../../test/pruning.js';
import { rewriteDay, rowCounts, writeDay } from '../../test/stored-lives.js';

let db: TestDatabase;
let pruning: Awaited<ReturnType<typeof makePruningDatabase>>;
beforeAll(async () => {
  pruning = await makePruningDatabase();
  db = pruning.db;
});
afterAll(() => db.drop());
beforeEach(() => pruning.reset());

const setFinished = (id: string, finished_at: string) =>
  db.database('generations').where({ id }).update({ finished_at });

describe('superseded generations', () => {
  test('are removed with all their rows; the day that replaced them is kept', async () => {
    const { id, date, fleet } = await writeDay(db);
    const live = await rewriteDay(fleet);
    const day = await db.store.days.find('texas', Temporal.PlainDate.from(date));
    const whole = await rowCounts(db);
    const only = await pruning.removed({ supersededDays: 30 });
    expect(only).toEqual({ 'replaced-generations': 1, 'given-up-generations': 0 });
    expect(await pruning.ids()).toEqual([live]);
    expect(await pruning.ids()).not.toContain(id);
    expect(await db.store.days.find('texas', Temporal.PlainDate.from(date))).toEqual(day);
    const rest = await rowCounts(db);
    for (const table of ['schedule_items', 'chapters', 'experiences', 'interactions'] as const) {
      expect(rest[table]).toBeGreaterThan(0);
      expect(rest[table]).toBeLessThan(whole[table]);
      const others = await db.database(table).whereNot({ generation_id: live });
      expect(others).toEqual([]);
    }
    expect(rest).toMatchObject({ idempotency_keys: 0, author_calls: whole.author_calls });
  });

  test('are kept until the age has passed since their replacement, and their date is over', async () => {
    const { fleet, id } = await writeDay(db);
    const live = await rewriteDay(fleet);
    await setFinished(id, '2026-01-01T00:00:00Z');
    await setFinished(live, '2026-12-25T12:00:00Z');
    const at = (text: string) => ({ now: Temporal.Instant.from(text) });
    const gone = async (text: string) =>
      (await pruning.removed({ supersededDays: 10 }, { ...at(text), dryRun: true }))[
        'replaced-generations'
      ];
    expect(await gone('2027-01-04T11:59:59Z')).toBe(0);
    expect(await gone('2027-01-04T12:00:01Z')).toBe(1);
    await setFinished(live, '2026-01-01T00:00:00Z');
    const over = Temporal.PlainDate.from(fleet.date).add({ days: 1 }).toString();
    expect(await gone(`${over}T11:59:59Z`)).toBe(0);
    expect(await gone(`${over}T12:00:00Z`)).toBe(1);
  });

  test('that failed or were cancelled are removed after the age, those in flight never', async () => {
    const failed = makeFleet(db);
    const cancelled = makeFleet(db);
    const inFlight = makeFleet(db);
    const [a, b, c] = [await failed.request(), await cancelled.request(), await inFlight.request()];
    await inFlight.work(inFlight.take('plan-day'));
    await db.store.generations.fail(a.id, null, {
      code: 'author_timeout',
      message: 'It took too long.',
    });
    await db.store.generations.cancel(b.id);
    for (const { id } of [a, b]) await setFinished(id, '2026-12-25T12:00:00Z');
    const at = (text: string) => ({ now: Temporal.Instant.from(text) });
    expect(await pruning.removed({ supersededDays: 1 }, at('2026-12-26T12:00:00Z'))).toMatchObject({
      'given-up-generations': 0,
    });
    expect(await failed.request()).toMatchObject({ id: a.id, status: 'queued' });
    await db.store.generations.fail(a.id, null, {
      code: 'author_timeout',
      message: 'It took too long.',
    });
    await setFinished(a.id, '2026-12-25T12:00:00Z');
    expect(await pruning.removed({ supersededDays: 1 }, at('2026-12-26T12:00:01Z'))).toMatchObject({
      'given-up-generations': 2,
    });
    expect(await pruning.ids()).toEqual([c.id]);
    expect((await rowCounts(db)).schedule_items).toBeGreaterThan(0);
  });
});
