import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import type { Generation, PlannedDay, Slot } from '@texas-ai/life';
import {
  buildPlan,
  buildProfile,
  buildSlots,
  makeTestDatabase,
  type TestDatabase,
} from '@texas-ai/testing';

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

const insert = async (on: Temporal.PlainDate | string = date): Promise<Generation> => {
  const begun = await db.store.requests.begin(
    {
      character: 'texas',
      date: Temporal.PlainDate.from(on),
      author: 'offline',
      fallbackAt: null,
      fresh: false,
      askedBy: 'person',
      idempotency: null,
      requestId: null,
    },
    null,
  );
  return begun.generation;
};

function planned(slots: Slot[]): PlannedDay {
  return {
    plan: buildPlan('zh'),
    brief: {
      dayType: 'workday',
      weather: { summary: '晴', condition: 'sunny', tempMinC: 1, tempMaxC: 9, source: 'seeded' },
      majorEvent: null,
      yesterday: null,
      wake: 420,
      sleep: 1380,
    },
    chapters: [{ position: 0, slots }],
    model: null,
    authorVersion: 'test-1',
    warnings: ['one mended'],
  };
}

const text = (interaction: string | null) => ({
  content: '她在整理地图。',
  emotions: ['平静'],
  thoughts: '还早。',
  interaction,
});

/** A generation with a plan and one chapter of the given slots, whose text is stored. */
async function written(slots: Slot[], on: Temporal.PlainDate | string = date): Promise<Generation> {
  const { id } = await insert(on);
  await db.store.checkpoints.storePlan(id, planned(slots));
  await db.store.checkpoints.storeChapter(
    id,
    0,
    slots.map((slot) => text(slot.wantsInteraction ? `消息 ${slot.start}` : null)),
  );
  return expectGeneration(id);
}

async function expectGeneration(id: string): Promise<Generation> {
  const generation = await db.store.generations.find(id);
  if (!generation) throw new Error('The generation is gone.');
  return generation;
}

async function publish(generation: Generation): Promise<void> {
  await db.store.transaction(async ({ generations, days }) => {
    const published = await generations.publish(generation.id);
    if (published) await days.publish(published);
  });
}

describe('what must never be', () => {
  test('two generations in flight for one character and date', async () => {
    await insert();
    await expect(insert()).rejects.toMatchObject({ code: 'storage_conflict' });
  });

  test('two plans of one generation: the first stays', async () => {
    const { id } = await insert();
    const [slot] = buildSlots(buildPlan('zh'), [1]);
    if (!slot) throw new Error('There is a slot.');
    await db.store.checkpoints.storePlan(id, planned([slot]));
    const late = { ...planned([]), chapters: [0, 1].map((position) => ({ position, slots: [] })) };
    const stands = await db.store.checkpoints.storePlan(id, late);
    expect(stands).toMatchObject({
      generation: { status: 'writing', chapters: { total: 1 } },
      missingChapters: [0],
    });
  });

  test('two at what one alone may do', async () => {
    const order: string[] = [];
    let other: boolean | undefined;
    const first = await db.store.exclusively('reconcile', async () => {
      other = await db.store.exclusively('reconcile', async () => void order.push('other'));
      await db.store.exclusively('prune', async () => void order.push('something else'));
    });
    expect([first, other, order]).toEqual([true, false, ['something else']]);
    expect(await db.store.exclusively('reconcile', async () => undefined)).toBe(true);
  });

  test('a day that points at the generation of another date', async () => {
    const other = await written(buildSlots(buildPlan('zh'), [1]));
    await expect(
      db
        .database('days')
        .insert({ character_id: 'texas', date: '2020-01-01', generation_id: other.id }),
    ).rejects.toMatchObject({ code: '23503' });
  });

  test('items that overlap, end before they begin, or lie outside the day', async () => {
    const { id } = await insert();
    const overlapping = planned(buildSlots(buildPlan('zh'), [1]));
    const [first] = overlapping.plan.items;
    if (first) overlapping.plan.items[1] = { ...first, start: 400, end: 500 };
    const storing = db.store.transaction(({ checkpoints }) =>
      checkpoints.storePlan(id, overlapping),
    );
    await expect(storing).rejects.toMatchObject({ code: 'storage_conflict' });
    expect(await db.store.generations.needs(id)).toMatchObject({ missingChapters: [] });
    for (const [start, end] of [
      [500, 500],
      [600, 500],
      [-5, 20],
      [1400, 1441],
    ]) {
      const wrong = planned(buildSlots(buildPlan('zh'), [1]));
      const item = wrong.plan.items[0];
      if (item) wrong.plan.items = [{ ...item, start: start ?? 0, end: end ?? 0 }];
      const refused = db.store.transaction(({ checkpoints }) => checkpoints.storePlan(id, wrong));
      await expect(refused).rejects.toMatchObject({ cause: { code: '23514' } });
    }
  });

  test('experiences shorter than 5 or longer than 30 minutes', async () => {
    const { id } = await insert();
    const slots = [{ item: 1, start: 420, end: 451, wantsInteraction: false }];
    await db.store.checkpoints.storePlan(id, planned(slots));
    await expect(
      db.store.transaction(({ checkpoints }) => checkpoints.storeChapter(id, 0, [text(null)])),
    ).rejects.toMatchObject({ cause: { code: '23514' } });
    expect(await db.store.generations.needs(id)).toMatchObject({ missingChapters: [0] });
  });

  test('a published generation that is not whole, a failed one without a reason', async () => {
    const { id } = await insert();
    const set = (columns: object) => db.database('generations').where({ id }).update(columns);
    await expect(set({ status: 'published', finished_at: new Date() })).rejects.toMatchObject({
      code: '23514',
    });
    await expect(set({ status: 'failed', finished_at: new Date() })).rejects.toMatchObject({
      code: '23514',
    });
  });

  test('major events that overlap: the one that is kept stays', async () => {
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
    expect(await majorEvents.covering('texas', Temporal.PlainDate.from('2026-06-04'))).toEqual(
      event,
    );
    expect(await majorEvents.covering('texas', Temporal.PlainDate.from('2026-06-05'))).toBeNull();
  });
});

describe('chapters that come in at once', () => {
  test('are counted each, and the last one moves the generation on', async () => {
    for (let times = 0; times < 5; times++) {
      const { id } = await insert(`2028-01-0${times + 1}`);
      const all = [1, 2, 3, 4].map((item) => buildSlots(buildPlan('zh'), [item]));
      const chapters = all.map((slots, position) => ({ position, slots }));
      await db.store.checkpoints.storePlan(id, { ...planned([]), chapters });

      const store = (position: number) =>
        db.store.checkpoints.storeChapter(id, position, all[position]?.map(() => text(null)) ?? []);
      // Each twice, as after a stall.
      const standing = await Promise.all([0, 1, 2, 3, 3, 2, 1, 0].map(store));
      expect(
        standing.filter(({ generation }) => generation.status === 'publishing').length,
      ).toBeGreaterThan(0);
      expect(await expectGeneration(id)).toMatchObject({
        status: 'publishing',
        chapters: { total: 4, written: 4 },
      });
      const rows = await db.database('experiences').where({ generation_id: id }).count({ n: '*' });
      expect(Number(rows[0]?.n)).toBe(all.flat().length);
    }
  });
});

describe('transactions', () => {
  test('all or nothing', async () => {
    const { id } = await insert();
    const failing = db.store.transaction(async ({ checkpoints }) => {
      await checkpoints.storePlan(id, planned(buildSlots(buildPlan('zh'), [1])));
      throw new Error('the worker was killed');
    });
    await expect(failing).rejects.toThrow();
    expect(await expectGeneration(id)).toMatchObject({ status: 'queued', chapters: { total: 0 } });
  });

  test('a broken connection is storage_unavailable, and the pool recovers', async () => {
    const killed = db.store.transaction(async ({ generations }) => {
      await db.database.raw(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()`,
      );
      await generations.find('019ac0a5-8b0e-7c1f-9d3a-2f6f5f0f7a11');
    });
    await expect(killed).rejects.toMatchObject({ code: 'storage_unavailable' });
    expect(await db.store.characters.find('texas')).not.toBeNull();
  });
});

describe('reading', () => {
  test('a day comes back as it was stored, in order, with text and times', async () => {
    const slots = buildSlots(buildPlan('zh'), [1, 2]);
    const generation = await written(slots);
    expect(generation).toMatchObject({ status: 'publishing', chapters: { total: 1, written: 1 } });
    await publish(generation);
    const day = await db.store.days.find('texas', Temporal.PlainDate.from(date));
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
    expect(await db.store.days.outline('texas', Temporal.PlainDate.from(date))).toMatchObject({
      summary: '平常的一天。',
      titles: buildPlan('zh')
        .items.filter((item) => !item.asleep)
        .map((item) => item.title),
    });
  });

  test.each([
    // Summer time begins: 02:30 does not exist and moves on by the hour that is skipped.
    ['2027-03-14', 150, '2027-03-14T07:30:00Z', '2027-03-14T08:00:00Z'],
    // It ends: of the hour that happens twice, the first.
    ['2026-11-01', 90, '2026-11-01T05:30:00Z', '2026-11-01T06:00:00Z'],
    ['2026-07-01', 90, '2026-07-01T05:30:00Z', '2026-07-01T06:00:00Z'],
  ])('windows of interactions across a change of summer time: %s', async (on, start, from, to) => {
    const slots = [{ item: 0, start, end: start + 30, wantsInteraction: true }];
    await publish(await written(slots, on));
    const row = await db
      .database('interactions')
      .where({ date: on })
      .first('window_start', 'window_end', 'status');
    expect(row.window_start.toString()).toBe(from);
    expect(row.window_end.toString()).toBe(to);
    expect(row.status).toBe('planned');
  });

  test('profiles are replaced only where their hash differs', async () => {
    const { characters } = db.store;
    const profile = buildProfile('en', { id: 'lappland' });
    expect(await characters.synchronise([{ profile, hash: 'a' }])).toEqual(['lappland']);
    expect(await characters.synchronise([{ profile, hash: 'a' }])).toEqual([]);
    const renamed = { ...profile, name: 'Lappland the second' };
    expect(await characters.synchronise([{ profile: renamed, hash: 'b' }])).toEqual(['lappland']);
    expect((await characters.find('lappland'))?.name).toBe('Lappland the second');
    const idsOf = async (page: Parameters<typeof characters.list>[0]) =>
      (await characters.list(page)).map(({ id }) => id);
    expect(await idsOf({ limit: 10 })).toEqual(['lappland', 'texas']);
    expect(await idsOf({ limit: 1 })).toEqual(['lappland']);
    expect(await idsOf({ limit: 10, after: 'lappland' })).toEqual(['texas']);
    expect(await characters.find('nobody')).toBeNull();
  });

  test('what nobody touched is found, oldest first, and what is touched no more', async () => {
    await db.database('generations').whereNotNull('id').update({
      status: 'cancelled',
      finished_at: db.database.fn.now(),
      error_code: null,
    });
    const { generations } = db.store;
    const earlier = await db.store.now();
    const ids = [(await insert('2026-01-01')).id, (await insert('2026-01-02')).id];
    const later = (await db.store.now()).add({ hours: 1 });
    expect(await generations.staleSince(earlier, 10)).toEqual([]);
    const untouched = await generations.staleSince(later, 10);
    expect(untouched.map(({ generation }) => generation.id)).toEqual(ids);
    const touched = async (id = '') =>
      (await db.database('generations').where({ id }).first('touched_at')).touched_at;
    const before = await touched(ids[0]);
    await generations.touch(ids[0] ?? '', 99);
    expect(await touched(ids[0])).toEqual(before);
    await generations.touch(ids[0] ?? '', 1);
    await generations.touchAll(ids.slice(1));
    expect((await touched(ids[0])).epochNanoseconds > before.epochNanoseconds).toBe(true);
    expect(
      (await generations.restartStale(ids, later)).map(({ generation }) => generation.run),
    ).toEqual([2, 2]);
  });
});
