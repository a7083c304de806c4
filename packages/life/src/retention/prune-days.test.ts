import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Temporal, TexasError } from '@texas-ai/kernel';
import type { TestDatabase } from '@texas-ai/testing';
import { later, makePruningDatabase } from '../../test/pruning.js';
import { rewriteDay, rowCounts, writeDay } from '../../test/stored-lives.js';

let db: TestDatabase;
let pruning: Awaited<ReturnType<typeof makePruningDatabase>>;
beforeAll(async () => {
  pruning = await makePruningDatabase();
  db = pruning.db;
});
afterAll(() => db.drop());
beforeEach(() => pruning.reset());

describe('days', () => {
  /** The instant at which a date reaches this age in the zone with the earliest date. */
  const after = (date: string, days: number) =>
    Temporal.PlainDate.from(date)
      .add({ days })
      .toZonedDateTime({ timeZone: 'Etc/GMT+12', plainTime: '00:00' })
      .toInstant();

  test('are removed with all generations of their date, and reported', async () => {
    const old = await writeDay(db);
    await rewriteDay(old.fleet);
    const young = await writeDay(db);
    const reported: string[] = [];
    const onDayRemoved = async (character: string, date: string) => {
      reported.push(`${character} ${date}`);
    };
    const now = after(old.date, 11);
    expect(await pruning.removed({ experiencesDays: 11 }, { now }, { onDayRemoved })).toEqual({
      days: 0,
    });
    expect(await pruning.removed({ experiencesDays: 10 }, { now }, { onDayRemoved })).toEqual({
      days: 1,
    });
    expect(reported).toEqual([`texas ${old.date}`]);
    expect(await pruning.ids()).toEqual([young.id]);
    expect(await db.store.days.find('texas', Temporal.PlainDate.from(old.date))).toBeNull();
    const day = await db.store.days.find('texas', Temporal.PlainDate.from(young.date));
    expect(day?.items.flatMap(({ experiences }) => experiences)).not.toEqual([]);
    const rest = await rowCounts(db);
    const one = await db.database('experiences').where({ generation_id: young.id });
    expect(rest).toMatchObject({ days: 1, experiences: one.length, chapters: 4 });
  });

  test('with a generation in flight are kept', async () => {
    const { date, fleet, id } = await writeDay(db);
    const { id: flying } = await fleet.request({ fresh: true });
    const before = await rowCounts(db);
    expect(await pruning.removed({ experiencesDays: 1 })).toEqual({ days: 0 });
    expect(await rowCounts(db)).toEqual(before);
    await fleet.workAll();
    expect(await db.store.days.find('texas', Temporal.PlainDate.from(date))).toMatchObject({
      generation: { id: flying },
    });
    expect(await pruning.ids()).toEqual([id, flying].sort());
  });

  test('are kept as a batch if dropping one from caches fails', async () => {
    await writeDay(db);
    const { date } = await writeDay(db);
    const before = await rowCounts(db);
    const onDayRemoved = async (_character: string, gone: string) => {
      if (gone === date) throw new TexasError('queue_unavailable', 'Redis is away.');
    };
    const rejected = pruning.run({ experiencesDays: 1 }, {}, { onDayRemoved });
    await expect(rejected).rejects.toMatchObject({ code: 'queue_unavailable' });
    expect(await rowCounts(db)).toEqual(before);
  });

  test('that are locked are skipped without waiting', async () => {
    const [first, second] = [await writeDay(db), await writeDay(db)];
    await db.database.transaction(async (holder) => {
      await holder('days').where({ date: first.date }).forUpdate().first();
      await holder.raw("SET LOCAL lock_timeout = '5s'");
      expect(await pruning.removed({ experiencesDays: 1 })).toEqual({ days: 1 });
      expect(await db.store.days.find('texas', Temporal.PlainDate.from(first.date))).not.toBeNull();
    });
    expect(await pruning.ids()).toEqual([first.id]);
    expect(await pruning.removed({ experiencesDays: 1 })).toEqual({ days: 1 });
    expect(await pruning.ids()).not.toContain(second.id);
  });

  test('can be read while they are removed', async () => {
    const { date } = await writeDay(db);
    await db.store.transaction(async ({ retention }) => {
      const instant = later;
      const cutoff = { instant, date: '2099-01-01', today: '2099-01-01' };
      expect(await retention.removeDays(cutoff, 10)).toEqual([{ character: 'texas', date }]);
      expect(await db.store.days.find('texas', Temporal.PlainDate.from(date))).toMatchObject({
        date,
      });
    });
    expect(await db.store.days.find('texas', Temporal.PlainDate.from(date))).toBeNull();
  });
});
