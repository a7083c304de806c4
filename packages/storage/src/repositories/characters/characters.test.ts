import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import type { CharacterRecord } from '@texas-ai/life';
import { buildProfile, makeTestDatabase, type TestDatabase } from '@texas-ai/testing';

let db: TestDatabase;
let characters: TestDatabase['store']['characters'];
/** An instant by which everything in these tests is due. */
let soon: Temporal.Instant;

beforeAll(async () => {
  db = await makeTestDatabase();
  ({ characters } = db.store);
  soon = (await db.store.now()).add({ hours: 1 });
});
afterAll(() => db.drop());
beforeEach(async () => {
  for (const table of ['generations', 'characters']) await db.database(table).delete();
});

const record = (id: string, hash = 'one', timeZone = 'Asia/Shanghai'): CharacterRecord => ({
  profile: buildProfile('zh', { id, timeZone }),
  hash: `${hash} of ${id}`,
});
const later = Temporal.Instant.from('2126-11-24T20:00:00Z');
const due = async (now = soon, limit = 10) =>
  (await db.store.schedule.due(now, limit)).map(({ id }) => id);
const planNext = (at: Temporal.Instant, ...ids: string[]) =>
  db.store.schedule.planNext(new Map(ids.map((id) => [id, at])));

describe('characters that are due', () => {
  test('have their time zone and the earliest hour at which they wake', async () => {
    await characters.synchronise([record('texas', 'one', 'Pacific/Apia')]);
    expect(await db.store.schedule.due(soon, 1)).toEqual([
      { id: 'texas', timeZone: 'Pacific/Apia', wakesAt: '06:00' },
    ]);
  });

  test('are those whose time has come, exactly, the longest overdue first', async () => {
    await characters.synchronise(['a', 'b', 'c'].map((id) => record(id)));
    await planNext(later, 'a');
    await planNext(later.subtract({ minutes: 1 }), 'b', 'c');
    expect(await due(later.subtract({ seconds: 61 }))).toEqual([]);
    expect((await due(later.subtract({ seconds: 60 }))).sort()).toEqual(['b', 'c']);
    expect(await due(later.subtract({ milliseconds: 1 }))).toHaveLength(2);
    expect((await due(later))[2]).toBe('a');
    expect(await due(later, 2)).toHaveLength(2);
  });

  test('are locked by one of several processes that read them at once', async () => {
    await characters.synchronise(['a', 'b', 'c'].map((id) => record(id)));
    await db.store.transaction(async (first) => {
      const mine = await first.schedule.due(soon, 2);
      const theirs = await db.store.transaction((second) => second.schedule.due(soon, 2));
      expect(mine).toHaveLength(2);
      expect(theirs).toHaveLength(1);
      expect([...mine, ...theirs].map(({ id }) => id).sort()).toEqual(['a', 'b', 'c']);
    });
  });

  test('can have days requested while they are locked', async () => {
    await characters.synchronise([record('texas')]);
    const date = Temporal.PlainDate.from('2026-11-23');
    const wanted = { character: 'texas', date, author: 'offline' } as const;
    const request = { ...wanted, fresh: false, askedBy: 'person', requestId: null } as const;
    const dayRequest = { ...request, idempotency: null, fallbackAt: null };
    const scheduled = { ...wanted, fallback: null, chaptersWanted: null, fallbackAt: null };
    const begun = await db.store.transaction(async (inTransaction) => {
      await inTransaction.schedule.due(soon, 1);
      const requested = await db.store.requests.begin(dayRequest, null);
      expect(requested).toMatchObject({ generation: { ordinal: 1 } });
      return inTransaction.schedule.begin([scheduled]);
    });
    expect(begun).toEqual([]);
  });
});

test('profiles are listed by id, in pages, and replaced only if their hash differs', async () => {
  const profile = buildProfile('en', { id: 'lappland' });
  expect(await characters.synchronise([record('texas'), { profile, hash: 'a' }])).toHaveLength(2);
  expect(await characters.synchronise([record('texas'), { profile, hash: 'a' }])).toEqual([]);
  const renamed = { profile: { ...profile, name: 'Lappland the second' }, hash: 'b' };
  expect(await characters.synchronise([record('texas'), renamed])).toEqual(['lappland']);
  expect((await characters.find('lappland'))?.name).toBe('Lappland the second');
  expect(await characters.find('nobody')).toBeNull();
  const idsOf = async (page: Parameters<typeof characters.list>[0]) =>
    (await characters.list(page)).map(({ id }) => id);
  expect(await idsOf({ limit: 10 })).toEqual(['lappland', 'texas']);
  expect(await idsOf({ limit: 1 })).toEqual(['lappland']);
  expect(await idsOf({ limit: 10, after: 'lappland' })).toEqual(['texas']);
});

describe('synchronising', () => {
  const times = async () =>
    Object.fromEntries(
      (await db.database.raw('SELECT id, next_plan_at::text AS at FROM characters')).rows.map(
        ({ id, at }: { id: string; at: string }) => [id, at.slice(0, 4)],
      ),
    );

  test('makes new and changed characters due at once', async () => {
    await characters.synchronise([record('a'), record('b')]);
    expect((await due()).sort()).toEqual(['a', 'b']);
    await planNext(later, 'a', 'b');
    expect(await characters.synchronise([record('a'), record('b', 'two')])).toEqual(['b']);
    expect(await due()).toEqual(['b']);
  });

  test('stops planning characters without a file, until it is back', async () => {
    await characters.synchronise([record('a'), record('b')]);
    await planNext(later, 'a', 'b');
    await characters.synchronise([record('a')]);
    expect(await times()).toEqual({ a: '2126', b: 'infi' });
    expect(await due(later.add({ hours: 24 * 36_500 }))).toEqual(['a']);
    await characters.synchronise([record('a')]);
    expect(await characters.synchronise([record('a'), record('b')])).toEqual(['b']);
    expect(await due()).toEqual(['b']);
  });

  test('leaves imported characters alone until they have a file', async () => {
    await characters.synchronise([record('a'), record('b')]);
    await planNext(later, 'a', 'b');
    await db.database('characters').where({ id: 'b' }).update({ from_file: false });
    await characters.synchronise([record('a')]);
    expect(await times()).toEqual({ a: '2126', b: '2126' });
    await characters.synchronise([record('a'), record('b')]);
    await characters.synchronise([record('a')]);
    expect(await times()).toEqual({ a: '2126', b: 'infi' });
  });

  test('stores more files than fit into one statement', async () => {
    const many = Array.from({ length: 20_000 }, (_, index) => `c${index}`);
    const material = record('texas');
    const records = many.map((id) => ({ ...material, profile: { ...material.profile, id } }));
    expect(await characters.synchronise(records)).toHaveLength(20_000);
    expect(await characters.synchronise(records)).toEqual([]);
    expect(await db.store.schedule.countDue(soon)).toBe(20_000);
  });

  test('by several processes at once ends with the records of one of them', async () => {
    const all = ['a', 'b', 'c', 'd'].map((id) => record(id));
    await Promise.all(Array.from({ length: 5 }, () => characters.synchronise(all)));
    expect(await due()).toHaveLength(4);
  });
});
