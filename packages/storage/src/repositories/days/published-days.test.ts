import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import type { Generation } from '@texas-ai/life';
import {
  buildPlan,
  buildProfile,
  buildSlots,
  makeTestDatabase,
  type TestDatabase,
} from '@texas-ai/testing';
import { insertGeneration } from '../../../test/generations.js';
import { writeGeneration } from '../../../test/written-days.js';

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

const publish = ({ id }: Generation) => db.store.generations.publish(id);

test('a published day is read as it was stored, in order, with texts and times', async () => {
  const slots = buildSlots(buildPlan('zh'), [1, 2]);
  const generation = await writeGeneration(db, date, slots);
  expect(generation).toMatchObject({ status: 'publishing', chapters: { total: 1, written: 1 } });
  await publish(generation);
  const day = await db.store.days.find('texas', date);
  expect(day?.items.map((item) => item.title)).toEqual(
    buildPlan('zh').items.map((item) => item.title),
  );
  expect(day?.items[1]?.experiences).toHaveLength(4);
  expect(day?.items[1]).toMatchObject({ start: '07:00', end: '09:00' });
  expect(day?.items.at(-1)).toMatchObject({ start: '23:00', end: '24:00', asleep: true });
  expect(day?.items[1]?.experiences[1]).toMatchObject({
    start: '07:30',
    end: '08:00',
    content: '她在整理地图。',
    interaction: { content: '消息 450' },
  });
});

test('a plan is begun with the outline of the day before and the event that covers the date', async () => {
  const event = { kind: 'training', title: '培训', objective: '学习。', days: 2 } as const;
  await publish(await writeGeneration(db, date, buildSlots(buildPlan('zh'), [1])));
  await db.store.majorEvents.add('texas', { ...event, startDate: date.toString() });
  const begin = async (days: number) => {
    const id = await insertGeneration(db, { date: date.add({ days }).toString() });
    return db.store.checkpoints.startPlan(id, 1);
  };
  expect(await begin(1)).toMatchObject({
    profile: { id: 'texas' },
    majorEvent: { ...event, startDate: date.toString() },
    yesterday: {
      date: date.toString(),
      summary: '平常的一天。',
      titles: buildPlan('zh')
        .items.filter((item) => !item.asleep)
        .map((item) => item.title),
    },
  });
  expect(await begin(2)).toMatchObject({ majorEvent: null, yesterday: null });
  date = date.add({ days: 2 });
});

test.each([
  // Daylight saving time begins: 02:30 does not exist and moves forward by the skipped hour.
  ['2027-03-14', 150, '2027-03-14T07:30:00Z', '2027-03-14T08:00:00Z'],
  // It ends: the first of the two hours counts.
  ['2026-11-01', 90, '2026-11-01T05:30:00Z', '2026-11-01T06:00:00Z'],
  ['2026-07-01', 90, '2026-07-01T05:30:00Z', '2026-07-01T06:00:00Z'],
])(
  'the window of an interaction is right across a daylight saving change: %s',
  async (on, start, from, to) => {
    const slots = [{ item: 0, start, end: start + 30, wantsInteraction: true }];
    await publish(await writeGeneration(db, Temporal.PlainDate.from(on), slots));
    const row = await db
      .database('interactions')
      .where({ date: on })
      .first('window_start', 'window_end', 'status');
    expect(row.window_start.toString()).toBe(from);
    expect(row.window_end.toString()).toBe(to);
    expect(row.status).toBe('planned');
  },
);
