import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import type { CharacterRecord } from '@texas-ai/life';
import { buildProfile, makeTestDatabase, type TestDatabase } from '@texas-ai/testing';

// When characters are looked after.

let db: TestDatabase;
let characters: TestDatabase['store']['characters'];
/** By then whatever these tests stored is due. */
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
const put = (at: Temporal.Instant, ...ids: string[]) =>
  db.store.schedule.planNext(new Map(ids.map((id) => [id, at])));

describe('characters that are due', () => {
  test('are told with their zone and the earliest hour at which they wake', async () => {
    await characters.synchronise([record('texas', 'one', 'Pacific/Apia')]);
    expect(await db.store.schedule.due(soon, 1)).toEqual([
      { id: 'texas', timeZone: 'Pacific/Apia', wakesAt: '06:00' },
    ]);
  });

  test('are those whose time has come, to the instant, the longest due first', async () => {
    await characters.synchronise(['a', 'b', 'c'].map((id) => record(id)));
    await put(later, 'a');
    await put(later.subtract({ minutes: 1 }), 'b', 'c');
    expect(await due(later.subtract({ seconds: 61 }))).toEqual([]);
    expect((await due(later.subtract({ seconds: 60 }))).sort()).toEqual(['b', 'c']);
    expect(await due(later.subtract({ milliseconds: 1 }))).toHaveLength(2);
    expect((await due(later))[2]).toBe('a');
    expect(await due(later, 2)).toHaveLength(2);
  });

  test('are taken by one of those who look at the same time', async () => {
    await characters.synchronise(['a', 'b', 'c'].map((id) => record(id)));
    await db.store.transaction(async (first) => {
      const mine = await first.schedule.due(soon, 2);
      const theirs = await db.store.transaction((second) => second.schedule.due(soon, 2));
      expect(mine).toHaveLength(2);
      expect(theirs).toHaveLength(1);
      expect([...mine, ...theirs].map(({ id }) => id).sort()).toEqual(['a', 'b', 'c']);
    });
  });

  test('keep nobody from asking for a day of theirs meanwhile', async () => {
    await characters.synchronise([record('texas')]);
    const date = Temporal.PlainDate.from('2026-11-23');
    const wanted = { character: 'texas', date, author: 'offline' } as const;
    const request = { ...wanted, fresh: false, askedBy: 'person', requestId: null } as const;
    const asking = { ...request, idempotency: null, fallbackAt: null };
    const night = { ...wanted, fallback: null, chaptersWanted: null, fallbackAt: null };
    const begun = await db.store.transaction(async (inTransaction) => {
      await inTransaction.schedule.due(soon, 1);
      const asked = await db.store.requests.begin(asking, null);
      expect(asked).toMatchObject({ generation: { ordinal: 1 } });
      return inTransaction.schedule.begin([night]);
    });
    expect(begun).toEqual([]);
  });
});

describe('synchronising', () => {
  const times = async () =>
    Object.fromEntries(
      (await db.database.raw('SELECT id, next_plan_at::text AS at FROM characters')).rows.map(
        ({ id, at }: { id: string; at: string }) => [id, at.slice(0, 4)],
      ),
    );

  test('has new characters looked after at once, and changed ones again', async () => {
    await characters.synchronise([record('a'), record('b')]);
    expect((await due()).sort()).toEqual(['a', 'b']);
    await put(later, 'a', 'b');
    expect(await characters.synchronise([record('a'), record('b', 'two')])).toEqual(['b']);
    expect(await due()).toEqual(['b']);
  });

  test('has those whose file is gone looked after no more, until it is back', async () => {
    await characters.synchronise([record('a'), record('b')]);
    await put(later, 'a', 'b');
    await characters.synchronise([record('a')]);
    expect(await times()).toEqual({ a: '2126', b: 'infi' });
    expect(await due(later.add({ hours: 24 * 36_500 }))).toEqual(['a']);
    await characters.synchronise([record('a')]);
    expect(await characters.synchronise([record('a'), record('b')])).toEqual(['b']);
    expect(await due()).toEqual(['b']);
  });

  test('leaves those alone that no file made, until one does', async () => {
    await characters.synchronise([record('a'), record('b')]);
    await put(later, 'a', 'b');
    await db.database('characters').where({ id: 'b' }).update({ from_file: false });
    await characters.synchronise([record('a')]);
    expect(await times()).toEqual({ a: '2126', b: '2126' });
    await characters.synchronise([record('a'), record('b')]);
    await characters.synchronise([record('a')]);
    expect(await times()).toEqual({ a: '2126', b: 'infi' });
  });

  test('takes more files than one statement has room for', async () => {
    const many = Array.from({ length: 20_000 }, (_, index) => `c${index}`);
    const material = record('texas');
    const records = many.map((id) => ({ ...material, profile: { ...material.profile, id } }));
    expect(await characters.synchronise(records)).toHaveLength(20_000);
    expect(await characters.synchronise(records)).toEqual([]);
    expect(await db.store.schedule.countDue(soon)).toBe(20_000);
  });

  test('of several processes at once ends as one of them would have it', async () => {
    const all = ['a', 'b', 'c', 'd'].map((id) => record(id));
    await Promise.all(Array.from({ length: 5 }, () => characters.synchronise(all)));
    expect(await due()).toHaveLength(4);
  });
});
