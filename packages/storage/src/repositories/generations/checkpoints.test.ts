import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import {
  buildPlan,
  buildProfile,
  buildSlots,
  makeTestDatabase,
  type TestDatabase,
} from '@texas-ai/testing';
import { beginGeneration, buildPlannedDay, buildText } from '../../../test/written-days.js';

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

test('a second plan is ignored: the first one stays', async () => {
  const { id } = await beginGeneration(db, date);
  const [slot] = buildSlots(buildPlan('zh'), [1]);
  if (!slot) throw new Error('There is a slot.');
  await db.store.checkpoints.storePlan(id, buildPlannedDay([slot]), null);
  const late = {
    ...buildPlannedDay([]),
    chapters: [0, 1].map((position) => ({ position, slots: [] })),
  };
  const needs = await db.store.checkpoints.storePlan(id, late, null);
  expect(needs).toMatchObject({
    generation: { status: 'writing', chapters: { total: 1 } },
    missingChapters: [0],
  });
});

test('chapters stored at once are each counted once, and the last one moves the generation on', async () => {
  for (let times = 0; times < 5; times++) {
    const { id } = await beginGeneration(db, Temporal.PlainDate.from(`2028-01-0${times + 1}`));
    const all = [1, 2, 3, 4].map((item) => buildSlots(buildPlan('zh'), [item]));
    const chapters = all.map((slots, position) => ({ position, slots }));
    await db.store.checkpoints.storePlan(id, { ...buildPlannedDay([]), chapters }, null);

    const store = (position: number) =>
      db.store.checkpoints.storeChapter(
        id,
        position,
        all[position]?.map(() => buildText()) ?? [],
        null,
      );
    // Each is stored twice, as after a stall.
    const results = await Promise.all([0, 1, 2, 3, 3, 2, 1, 0].map(store));
    expect(
      results.filter(({ generation }) => generation.status === 'publishing').length,
    ).toBeGreaterThan(0);
    expect(await db.store.generations.find(id)).toMatchObject({
      status: 'publishing',
      chapters: { total: 4, written: 4 },
    });
    const rows = await db.database('experiences').where({ generation_id: id }).count({ n: '*' });
    expect(Number(rows[0]?.n)).toBe(all.flat().length);
  }
});
