import pg from 'pg';
import type { Figure } from './figure.js';
import { type Product, productKey } from './product.js';
import type { Servers } from './servers.js';

const fewDays = 400;
const manyDays = 10_000;
const experiencesPerDay = 100;
const reads = 380;

/**
 * p99 of days that nobody has asked for before, so that neither level of the cache has them: with a
 * million experiences stored, beside a table that holds little more than what is read.
 */
export async function measureUncachedReads(
  { databaseUrl }: Servers,
  product: Product,
): Promise<Figure> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  try {
    await store(pool, 'few', fewDays);
    await readDays(product, 'few', fewDays - reads, 20);
    const few = await readDays(product, 'few', 0, reads);
    await store(pool, 'many', manyDays);
    await readDays(product, 'many', 0, 20);
    const many = await readDays(product, 'many', manyDays / 2, reads);
    return {
      name: 'p99 of a day read for the first time, a million experiences stored',
      value: many,
      unit: 'ms',
      aim: 'at most 1.2 times',
      floor: { name: `${fewDays * experiencesPerDay} stored`, value: few },
    };
  } finally {
    await pool.end();
  }
}

/** Days in a row from 1990 on, each of 10 items with 10 experiences, as they are stored when published. */
async function store(pool: pg.Pool, character: string, days: number): Promise<void> {
  await pool.query(
    `INSERT INTO characters (id, profile, profile_hash)
     SELECT $1, jsonb_set(profile, '{id}', to_jsonb($1::text)), profile_hash || $1
     FROM characters WHERE id = 'texas'`,
    [character],
  );
  await pool.query(
    `WITH made AS (
       INSERT INTO generations (id, character_id, date, ordinal, status, author, profile_hash, brief,
         summary, chapters_total, chapters_written, finished_at, announced_at)
       SELECT gen_random_uuid(), $1, '1990-01-01'::date + n, 1, 'published', 'offline', 'x',
         jsonb_build_object('dayType', 'workday', 'majorEvent', null, 'weather', jsonb_build_object(
           'summary', '晴', 'condition', 'sunny', 'tempMinC', 5, 'tempMaxC', 12, 'source', 'seeded')),
         '又是送信的一天。', 1, 1, now(), now()
       FROM generate_series(0, $2::int - 1) AS n
       RETURNING id, date
     ), items AS (
       INSERT INTO schedule_items (id, generation_id, position, start_minute, end_minute, title,
         category, priority, asleep, location, description, companions, weather_affected,
         emotional_tags, interaction_potential)
       SELECT gen_random_uuid(), id, p, p * 144, p * 144 + 144, '送信', 'work', 'medium', false,
         '龙门', '把信送到该去的地方。', '[]', false, '["平静"]', 'low'
       FROM made, generate_series(0, 9) AS p
     ), texts AS (
       INSERT INTO experiences (id, generation_id, item_position, start_minute, end_minute, content,
         emotions, thoughts)
       SELECT gen_random_uuid(), id, p, p * 144 + s * 14, p * 144 + s * 14 + 14,
         repeat('雨后的街道很安静，她把最后一封信放进信箱。', 4), '["平静"]', '今天也送到了。'
       FROM made, generate_series(0, 9) AS p, generate_series(0, 9) AS s
     )
     INSERT INTO days (character_id, date, generation_id) SELECT $1, date, id FROM made`,
    [character, days],
  );
  await pool.query('VACUUM ANALYZE');
}

/** Reads days one after the other, each for the first time; the 99th percentile in milliseconds. */
async function readDays(
  { url }: Product,
  character: string,
  first: number,
  count: number,
): Promise<number> {
  const times: number[] = [];
  for (let index = first; index < first + count; index++) {
    const date = new Date(Date.UTC(1990, 0, 1 + index)).toISOString().slice(0, 10);
    const began = performance.now();
    const response = await fetch(`${url}/v1/characters/${character}/days/${date}`, {
      headers: { authorization: `Bearer ${productKey}` },
    });
    if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
    await response.arrayBuffer();
    times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  return times[Math.ceil(times.length * 0.99) - 1] ?? Number.NaN;
}
