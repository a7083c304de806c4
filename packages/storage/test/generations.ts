import { randomUUID } from 'node:crypto';
import type { GenerationStatus } from '@texas-ai/life';
import type { TestDatabase } from '@texas-ai/testing';

interface GenerationFields {
  id?: string;
  character_id?: string;
  date?: string;
  ordinal?: number;
  status?: GenerationStatus;
  author?: 'gemini' | 'offline';
  run?: number;
  [column: string]: unknown;
}

const withPlan = ['writing', 'publishing', 'published'];
const written = ['publishing', 'published'];
const finished = ['published', 'failed', 'cancelled'];

/**
 * Inserts a generation of texas on 2026-11-23. From the status `writing` on it has two chapters, which
 * are written from `publishing` on; `chapters` overrides which chapters exist and are written.
 */
export async function insertGeneration(
  { database }: TestDatabase,
  { chapters, ...fields }: GenerationFields & { chapters?: readonly boolean[] } = {},
): Promise<string> {
  const { status = 'queued' } = fields;
  const texts =
    chapters ?? (withPlan.includes(status) ? Array(2).fill(written.includes(status)) : []);
  const row = {
    id: randomUUID(),
    character_id: 'texas',
    date: '2026-11-23',
    ordinal: 1,
    status,
    author: 'gemini',
    profile_hash: 'one',
    brief: texts.length > 0 ? '{}' : null,
    chapters_total: texts.length,
    chapters_written: texts.filter(Boolean).length,
    finished_at: finished.includes(status) ? database.fn.now() : null,
    error_code: status === 'failed' ? 'author_timeout' : null,
    ...fields,
  };
  await database('generations').insert(row);
  for (const [position, isWritten] of texts.entries()) {
    const written_at = isWritten ? database.fn.now() : null;
    await database('chapters').insert({ generation_id: row.id, position, slots: '[]', written_at });
  }
  return row.id;
}

/** Inserts a published generation and the day that points at it. */
export async function insertDay(db: TestDatabase, fields: GenerationFields = {}): Promise<string> {
  const id = await insertGeneration(db, { status: 'published', ...fields });
  await db.database.raw(
    `INSERT INTO days (character_id, date, generation_id)
     SELECT character_id, date, id FROM generations WHERE id = ?
     ON CONFLICT (character_id, date) DO UPDATE SET generation_id = excluded.generation_id`,
    [id],
  );
  return id;
}

let day = 0;

/** Inserts a queued generation of the character on an unused date. */
export async function insertInFlight(db: TestDatabase, character = 'texas') {
  const date = `${2000 + day++}-01-01`;
  return { id: await insertGeneration(db, { character_id: character, date }), character };
}
