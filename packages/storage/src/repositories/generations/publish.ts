import { instantOf, Temporal } from '@texas-ai/kernel';
import type { Generation } from '@texas-ai/life';
import type { Knex } from 'knex';
import { v7 as uuid } from 'uuid';
import { queryRows } from '../../database/query-rows.js';
import { type GenerationRow, qualifiedColumns, toGeneration } from './generation-row.js';
import { canPublish, publish } from './transitions.js';

interface Message {
  experience: string;
  content: string;
  start: number;
  end: number;
}

/** Publishes a generation, points its day at it and collects its interactions, all or nothing. */
export async function publishGeneration(db: Knex, id: string): Promise<Generation | null> {
  const [written] = await queryRows<{ date: string; time_zone: string; messages: Message[] }>(
    db,
    `SELECT date, time_zone, ARRAY(
       SELECT jsonb_build_object('experience', id, 'content', interaction,
         'start', start_minute, 'end', end_minute)
       FROM experiences WHERE generation_id = generations.id AND interaction IS NOT NULL) AS messages
     FROM generations JOIN characters ON characters.id = character_id
     WHERE generations.id = :id AND ${canPublish}`,
    { id },
  );
  if (!written) return null;
  const date = Temporal.PlainDate.from(written.date);
  const interactions = written.messages.map(({ start, end, ...message }) => {
    // The window keeps its length even if daylight saving time skips or repeats an hour.
    const begins = instantOf(date, start, written.time_zone);
    const ends = begins.add({ minutes: end - start });
    return { id: uuid(), ...message, begins: begins.toString(), ends: ends.toString() };
  });
  const [row] = await queryRows<GenerationRow>(
    db,
    `WITH published AS (
       UPDATE generations SET ${publish} WHERE id = :id AND ${canPublish}
       RETURNING ${qualifiedColumns}
     ), day AS (
       INSERT INTO days (character_id, date, generation_id)
       SELECT character_id, date, id FROM published
       ON CONFLICT (character_id, date) DO UPDATE
         SET generation_id = excluded.generation_id, published_at = excluded.published_at
     ), collected AS (
       INSERT INTO interactions (id, generation_id, character_id, date, experience_id, content,
         window_start, window_end)
       SELECT message.id, published.id, character_id, date, experience, content, begins, ends
       FROM published, jsonb_to_recordset(:interactions) AS message (id uuid, experience uuid,
         content text, begins timestamptz, ends timestamptz)
     )
     SELECT * FROM published`,
    { id, interactions: JSON.stringify(interactions) },
  );
  return row ? toGeneration(row) : null;
}
