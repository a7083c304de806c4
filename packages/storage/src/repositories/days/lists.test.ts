import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import type { ListPosition } from '@texas-ai/life';
import { buildProfile, makeTestDatabase, type TestDatabase } from '@texas-ai/testing';

// Lists over many rows: complete, without duplicates, and each page as cheap as the first.

const days = 3_000;
const perDay = 3;
let db: TestDatabase;

beforeAll(async () => {
  db = await makeTestDatabase();
  const profile = buildProfile('zh', { id: 'texas' });
  await db.store.characters.synchronise([
    { profile, hash: 'one' },
    { profile: { ...profile, id: 'other' }, hash: 'two' },
  ]);
  const brief = { dayType: 'workday', weather: {}, majorEvent: null };
  await db.database.raw(
    `INSERT INTO generations (id, character_id, date, ordinal, status, author, profile_hash, brief,
       summary, chapters_total, chapters_written, finished_at)
     SELECT gen_random_uuid(), id, '2010-01-01'::date + n, 1, 'published', 'offline', 'one', ?, 'x',
       1, 1, now()
     FROM generate_series(0, ${days - 1}) AS n, characters ORDER BY random()`,
    [JSON.stringify(brief)],
  );
  await db.database.raw(`
    INSERT INTO days (character_id, date, generation_id) SELECT character_id, date, id FROM generations;
    INSERT INTO schedule_items (id, generation_id, position, start_minute, end_minute, title, category,
      priority, asleep, location, description, companions, weather_affected, emotional_tags,
      interaction_potential)
    SELECT gen_random_uuid(), id, 0, 0, 1440, 'x', 'work', 'low', false, 'x', 'x', '[]', false, '[]', 'low'
    FROM generations;
    INSERT INTO experiences (id, generation_id, item_position, start_minute, end_minute, content,
      emotions, thoughts, interaction)
    SELECT gen_random_uuid(), id, 0, 600 + n * 10, 610 + n * 10, 'x', '[]', 'x', 'hello'
    FROM generations, generate_series(1, ${perDay}) AS n;
    INSERT INTO interactions (id, generation_id, character_id, date, experience_id, content,
      window_start, window_end, status)
    SELECT gen_random_uuid(), generation_id, character_id, date, experiences.id, interaction, now(),
      now(), CASE WHEN start_minute = 610 THEN 'sent' ELSE 'planned' END
    FROM experiences JOIN generations ON generations.id = generation_id;
    INSERT INTO major_events (id, character_id, kind, title, objective, start_date, days)
    SELECT gen_random_uuid(), characters.id, '培训学习', 'x', 'x', '2010-01-01'::date + n * 2, 2
    FROM generate_series(0, ${days / 2 - 1}) AS n, characters;
    ANALYZE;
  `);
});
afterAll(() => db.drop());

interface Entry {
  place: ListPosition;
}

const place = (date: string, id: string) => ({
  place: { date: Temporal.PlainDate.from(date), id },
});

const lists: Record<string, (after: ListPosition | undefined, limit: number) => Promise<Entry[]>> =
  {
    days: async (after, limit) => {
      const found = await db.store.days.list({ character: 'texas', after, limit });
      return found.map(({ date, generation }) => place(date, generation.id));
    },
    interactions: async (after, limit) => {
      const found = await db.store.interactions.list({ character: 'texas', after, limit });
      return found.map(({ date, id }) => place(date, id));
    },
    'planned interactions': async (after, limit) => {
      const query = { character: 'texas', status: 'planned' as const, after, limit };
      const found = await db.store.interactions.list(query);
      return found.map(({ date, id }) => place(date, id));
    },
    'major events': async (after, limit) => {
      const found = await db.store.majorEvents.list({ character: 'texas', after, limit });
      return found.map(({ startDate, id }) => place(startDate, id));
    },
  };
const counts = {
  days,
  interactions: days * perDay,
  'planned interactions': days * (perDay - 1),
  'major events': days / 2,
};

describe.each(Object.entries(counts))('the list of %s', (name, count) => {
  const list = lists[name] ?? (() => Promise.reject(new Error('There is no such list.')));

  test('has each entry once, newest first, whatever the page size', async () => {
    const seen: string[] = [];
    let after: ListPosition | undefined;
    // Guards against an endless loop over the same page.
    while (seen.length <= count) {
      const page = await list(after, 997);
      if (page.length === 0) break;
      for (const { place } of page) seen.push(`${place.date} ${place.id}`);
      after = page.at(-1)?.place;
    }
    expect(seen).toHaveLength(count);
    expect(new Set(seen).size).toBe(count);
    expect(seen).toEqual([...seen].sort().reverse());
  });

  test('reads a few blocks per page, however deep the page is', async () => {
    const all = await list(undefined, count);
    const costs = [await blocksRead(() => list(undefined, 30))];
    for (const depth of [0.1, 0.5, 0.9]) {
      const place = all[Math.floor(count * depth)]?.place;
      costs.push(await blocksRead(() => list(place, 30)));
    }
    // A table of this size has thousands of blocks.
    for (const cost of costs) expect(cost).toBeLessThan(400);
    const [, early = 0, , late = 0] = costs;
    expect(late).toBeLessThan(early * 1.5 + 40);
  });
});

/** The number of blocks that PostgreSQL reads for the work. */
async function blocksRead(work: () => Promise<unknown>): Promise<number> {
  const queries: { sql: string; bindings: string[] }[] = [];
  const record = (query: { sql: string; bindings: string[] }) => queries.push(query);
  db.database.on('query', record);
  await work();
  db.database.removeListener('query', record);
  const [query] = queries;
  if (!query || queries.length !== 1) throw new Error('A list is one statement.');
  const explained = await db.database.raw(
    `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${query.sql.replaceAll(/\$\d+/g, '?')}`,
    query.bindings,
  );
  const { Plan: plan } = explained.rows[0]['QUERY PLAN'][0];
  return plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
}
