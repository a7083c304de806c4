import type pg from 'pg';

// Published days, inserted with plain SQL, which takes seconds for thousands of them.

const itemsPerDay = 10;
const experiencesPerItem = 10;
export const experiencesPerDay = itemsPerDay * experiencesPerItem;

/** The date of the stored day with this index, counted from 0, as YYYY-MM-DD. */
export function storedDate(index: number): string {
  return new Date(Date.UTC(1990, 0, 1 + index)).toISOString().slice(0, 10);
}

/** Stores consecutive days of a character that has none, then runs VACUUM and ANALYZE. */
export async function storeDays(pool: pg.Pool, character: string, days: number): Promise<void> {
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
       FROM made, generate_series(0, $3::int - 1) AS p
     ), texts AS (
       INSERT INTO experiences (id, generation_id, item_position, start_minute, end_minute, content,
         emotions, thoughts)
       SELECT gen_random_uuid(), id, p, p * 144 + s * 14, p * 144 + s * 14 + 14,
         repeat('雨后的街道很安静，她把最后一封信放进信箱。', 4), '["平静"]', '今天也送到了。'
       FROM made, generate_series(0, $3::int - 1) AS p, generate_series(0, $4::int - 1) AS s
     )
     INSERT INTO days (character_id, date, generation_id) SELECT $1, date, id FROM made`,
    [character, days, itemsPerDay, experiencesPerItem],
  );
  await vacuum(pool);
}

/** Removes all days of a character. */
export async function removeDays(pool: pg.Pool, character: string): Promise<void> {
  await pool.query('DELETE FROM days WHERE character_id = $1', [character]);
  await pool.query('DELETE FROM generations WHERE character_id = $1', [character]);
  await vacuum(pool);
}

/** Keeps autovacuum, a checkpoint and dead rows out of the next measurement. */
async function vacuum(pool: pg.Pool): Promise<void> {
  await pool.query('VACUUM ANALYZE');
  await pool.query('CHECKPOINT');
}
