import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import { buildProfile, makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import { insertDay, insertGeneration } from '../../../test/generations.js';

const zones = {
  shanghai: 'Asia/Shanghai',
  berlin: 'Europe/Berlin',
  newyork: 'America/New_York',
  apia: 'Pacific/Apia',
};

let db: TestDatabase;
let days: TestDatabase['store']['days'];

beforeAll(async () => {
  db = await makeTestDatabase();
  ({ days } = db.store);
});
afterAll(() => db.drop());
beforeEach(async () => {
  for (const table of ['days', 'generations', 'characters']) await db.database(table).delete();
  await synchronise(Object.keys(zones));
  await db.database('characters').update({ created_at: '2020-01-01T00:00:00Z' });
});

const synchronise = (ids: readonly string[]) =>
  db.store.characters.synchronise(
    ids.map((id) => ({
      profile: buildProfile('zh', { id, timeZone: zones[id as keyof typeof zones] ?? 'UTC' }),
      hash: `hash of ${id}`,
    })),
  );
const at = (text: string) => Temporal.Instant.from(text);
const four = 4 * 60;

/** 12:00 of the 23rd in Berlin, 19:00 in Shanghai, 06:00 in New York, 00:00 of the 24th in Apia. */
const middayInBerlin = at('2026-11-23T11:00:00Z');

describe('characters without a day', () => {
  test('are counted by the local date of each character', async () => {
    expect(await days.charactersWithout(middayInBerlin)).toBe(4);
    for (const id of Object.keys(zones)) {
      await insertDay(db, { character_id: id, date: '2026-11-23' });
    }
    expect(await days.charactersWithout(middayInBerlin)).toBe(1);
    expect(await days.charactersWithout(middayInBerlin.subtract({ seconds: 1 }))).toBe(0);
    await insertDay(db, { character_id: 'apia', date: '2026-11-24' });
    expect(await days.charactersWithout(middayInBerlin)).toBe(0);
    expect(await days.charactersWithout(at('2026-11-23T16:00:00Z'))).toBe(1);
  });

  test('are not counted without a profile file', async () => {
    await synchronise(['berlin']);
    expect(await days.charactersWithout(middayInBerlin)).toBe(1);
  });
});

describe('missing days', () => {
  const missing = async (now: string, minutes = 60) =>
    (await days.missing(at(now), four, minutes)).some;

  test('are those whose local planning time passed that long ago', async () => {
    // In Apia, UTC+13, 04:00 of the 23rd is 15:00 of the 22nd; in New York it comes last.
    expect(await missing('2026-11-22T15:59:59Z', 60)).not.toContain('apia');
    expect(await missing('2026-11-22T16:00:00Z', 60)).toContain('apia');
    expect(await missing('2026-11-22T20:59:59Z', 60)).not.toContain('shanghai');
    expect(await missing('2026-11-22T21:00:00Z', 60)).toContain('shanghai');
    expect(await missing('2026-11-23T03:59:59Z', 60)).not.toContain('berlin');
    expect(await missing('2026-11-23T04:00:00Z', 60)).toContain('berlin');
    expect(await missing('2026-11-23T10:00:00Z', 60)).toEqual([
      'apia',
      'berlin',
      'newyork',
      'shanghai',
    ]);
    // After midnight only the new date counts.
    expect(await missing('2026-11-23T23:30:00Z', 60)).toEqual(['apia', 'newyork', 'shanghai']);
  });

  test('are missing until they are published', async () => {
    await insertDay(db, { character_id: 'berlin', date: '2026-11-23' });
    await insertDay(db, { character_id: 'shanghai', date: '2026-11-22' });
    const newyork = { character_id: 'newyork', date: '2026-11-23' };
    await insertGeneration(db, { ...newyork, status: 'writing' });
    await insertGeneration(db, { character_id: 'apia', date: '2026-11-23', status: 'failed' });
    expect(await missing('2026-11-23T10:00:00Z')).toEqual(['apia', 'newyork', 'shanghai']);
  });

  test('leave out new characters and those without a profile file', async () => {
    await db
      .database('characters')
      .where({ id: 'shanghai' })
      .update({ created_at: '2026-11-23T09:30:00Z' });
    await synchronise(['shanghai', 'berlin', 'apia']);
    expect(await missing('2026-11-23T10:00:00Z')).toEqual(['apia', 'berlin']);
    expect(await missing('2026-11-23T10:30:00Z')).toEqual(['apia', 'berlin', 'shanghai']);
  });

  test('are expected later if daylight saving time skips the planning time', async () => {
    // 02:30 does not exist on this date: planning happens at 03:30, which is 01:30 UTC.
    const late = async (now: string) => (await days.missing(at(now), 150, 60)).some;
    expect(await late('2026-03-29T02:29:00Z')).not.toContain('berlin');
    expect(await late('2026-03-29T02:30:00Z')).toContain('berlin');
  });

  test('are all counted, with ten of them listed', async () => {
    const ids = Array.from({ length: 15 }, (_, index) => `c${String(index).padStart(2, '0')}`);
    await synchronise(ids);
    await db.database('characters').update({ created_at: '2020-01-01T00:00:00Z' });
    expect(await days.missing(middayInBerlin, four, 60)).toEqual({
      count: 15,
      some: ids.slice(0, 10),
    });
    await db.database('characters').delete();
    expect(await days.missing(middayInBerlin, four, 60)).toEqual({ count: 0, some: [] });
  });
});
