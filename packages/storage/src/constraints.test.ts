import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import {
  buildPlan,
  buildProfile,
  buildSlots,
  makeTestDatabase,
  type TestDatabase,
} from '@texas-ai/testing';
import {
  beginGeneration,
  buildPlannedDay,
  buildText,
  writeGeneration,
} from '../test/written-days.js';

// What the database itself forbids.

let db: TestDatabase;
let date = Temporal.PlainDate.from('2026-03-01');

beforeAll(async () => {
  db = await makeTestDatabase();
  await db.store.characters.synchronise([
    { profile: buildProfile('zh', { id: 'texas', timeZone: 'America/New_York' }), hash: 'one' },
  ]);
});
afterAll(() => db.drop());
beforeEach(() => {
  date = date.add({ days: 1 });
});

test('a character and date cannot have two generations in flight', async () => {
  await beginGeneration(db, date);
  await expect(beginGeneration(db, date)).rejects.toMatchObject({ code: 'storage_conflict' });
});

test('a day cannot point at the generation of another date', async () => {
  const other = await writeGeneration(db, date, buildSlots(buildPlan('zh'), [1]));
  await expect(
    db
      .database('days')
      .insert({ character_id: 'texas', date: '2020-01-01', generation_id: other.id }),
  ).rejects.toMatchObject({ code: '23503' });
});

test('items cannot overlap, end before they start, or lie outside the day', async () => {
  const { id } = await beginGeneration(db, date);
  const overlapping = buildPlannedDay(buildSlots(buildPlan('zh'), [1]));
  const [first] = overlapping.plan.items;
  if (first) overlapping.plan.items[1] = { ...first, start: 400, end: 500 };
  const storing = db.store.transaction(({ checkpoints }) =>
    checkpoints.storePlan(id, overlapping, null),
  );
  await expect(storing).rejects.toMatchObject({ code: 'storage_conflict' });
  expect(await db.store.generations.needs(id)).toMatchObject({ missingChapters: [] });
  for (const [start, end] of [
    [500, 500],
    [600, 500],
    [-5, 20],
    [1400, 1441],
  ]) {
    const wrong = buildPlannedDay(buildSlots(buildPlan('zh'), [1]));
    const item = wrong.plan.items[0];
    if (item) wrong.plan.items = [{ ...item, start: start ?? 0, end: end ?? 0 }];
    const refused = db.store.transaction(({ checkpoints }) =>
      checkpoints.storePlan(id, wrong, null),
    );
    await expect(refused).rejects.toMatchObject({ cause: { code: '23514' } });
  }
});

test.each([4, 31])('an experience cannot last %i minutes', async (minutes) => {
  const { id } = await beginGeneration(db, date);
  const slots = [{ item: 1, start: 420, end: 420 + minutes, wantsInteraction: false }];
  await db.store.checkpoints.storePlan(id, buildPlannedDay(slots), null);
  await expect(
    db.store.transaction(({ checkpoints }) => checkpoints.storeChapter(id, 0, [buildText()], null)),
  ).rejects.toMatchObject({ cause: { code: '23514' } });
  expect(await db.store.generations.needs(id)).toMatchObject({ missingChapters: [0] });
});

test('a published generation must be complete, and a failed one needs a reason', async () => {
  const { id } = await beginGeneration(db, date);
  const set = (columns: object) => db.database('generations').where({ id }).update(columns);
  await expect(set({ status: 'published', finished_at: new Date() })).rejects.toMatchObject({
    code: '23514',
  });
  await expect(set({ status: 'failed', finished_at: new Date() })).rejects.toMatchObject({
    code: '23514',
  });
});

test('major events cannot overlap: the first one is kept', async () => {
  const event = {
    kind: 'trip' as const,
    title: '出差',
    objective: '送到',
    startDate: '2026-06-01',
    days: 4,
  };
  const { majorEvents } = db.store;
  expect(await majorEvents.add('texas', event)).toEqual(event);
  const later = { ...event, title: '培训', startDate: '2026-06-03' };
  expect(await majorEvents.add('texas', later)).toEqual(event);
  const after = { ...later, startDate: '2026-06-05' };
  expect(await majorEvents.add('texas', after)).toEqual(after);
});
