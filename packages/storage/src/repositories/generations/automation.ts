import type { ErrorCode, Temporal } from '@texas-ai/kernel';
import { type AuthorName, type GenerationRepository, inFlightStatuses } from '@texas-ai/life';
import type { Knex } from 'knex';
import { v7 as uuid } from 'uuid';
import { holdInForce, isProbedCode } from '../authors/cooldowns.js';
import { localDates } from '../days/local-dates.js';
import {
  answeredColumns,
  type GenerationRow,
  missingOf,
  type NeedsRow,
  toGeneration,
  toNeeds,
} from './generation-row.js';

type Nightly = Pick<
  GenerationRepository,
  'withoutDay' | 'beginNightly' | 'fallBack' | 'heldTooLong' | 'toRewrite' | 'markRewritten'
>;

const statuses = inFlightStatuses.map((status) => `'${status}'`).join(', ');

/** What happens to generations without anybody asking. */
export function makeNightlyGenerations(db: Knex): Nightly {
  async function rows<Row>(statement: string, bindings: Knex.ValueDict): Promise<Row[]> {
    return (await db.raw<{ rows: Row[] }>(statement, bindings)).rows;
  }

  return {
    async withoutDay(characters) {
      const dated = characters.map(({ id, date }) => ({ id, date }));
      const found = await rows<{ id: string }>(
        `SELECT asked.id FROM jsonb_to_recordset(:dated) AS asked (id text, date date)
         WHERE NOT EXISTS (
             SELECT FROM days WHERE days.character_id = asked.id AND days.date = asked.date)
           AND NOT EXISTS (
             SELECT FROM generations WHERE generations.character_id = asked.id
               AND generations.date = asked.date AND status IN (${statuses}))`,
        { dated: JSON.stringify(dated) },
      );
      const ids = new Set(found.map(({ id }) => id));
      return characters.filter(({ id }) => ids.has(id));
    },

    async beginNightly(wanted) {
      if (wanted.length === 0) return [];
      const entries = wanted.map(({ fallback, fallbackAt, ...each }) => ({
        id: uuid(),
        ...each,
        fallbackFrom: fallback?.from ?? null,
        fallbackCode: fallback?.code ?? null,
        fallbackReason: fallback?.reason ?? null,
        fallbackAt: fallbackAt?.toString() ?? null,
      }));
      // Whoever failed on this date goes on where it stopped; what was paid for is not paid twice.
      const found = await rows<NeedsRow>(
        `WITH wanted AS (
           SELECT wanted.*, newest.id AS newest, newest.status,
             array_remove(ARRAY[newest.author, newest.fallback_from], NULL) AS newest_authors,
             coalesce(newest.ordinal, 0) AS ordinal
           FROM jsonb_to_recordset(:entries) AS wanted (id uuid, character text, date date,
               author text, "chaptersWanted" smallint, "fallbackAt" timestamptz,
               "fallbackFrom" text, "fallbackCode" text, "fallbackReason" text)
             LEFT JOIN LATERAL (
               SELECT id, status, author, fallback_from, ordinal FROM generations
               WHERE character_id = wanted.character AND date = wanted.date
               ORDER BY ordinal DESC LIMIT 1
             ) AS newest ON true
           WHERE NOT EXISTS (
               SELECT FROM days WHERE character_id = wanted.character AND days.date = wanted.date)
             AND (newest.status IS NULL OR newest.status NOT IN (${statuses}))
         ), begun AS (
           INSERT INTO generations (id, character_id, date, ordinal, author, profile_hash, asked_by,
             chapters_wanted, fallback_at, fallback_from, fallback_code, fallback_reason)
           SELECT wanted.id, character, date, ordinal + 1, author, profile_hash, 'night',
             "chaptersWanted", "fallbackAt", "fallbackFrom", "fallbackCode", "fallbackReason"
           FROM wanted JOIN characters ON characters.id = character
           WHERE NOT (status IS NOT DISTINCT FROM 'failed' AND author = ANY (newest_authors))
           ON CONFLICT DO NOTHING
           RETURNING ${answeredColumns}
         ), revived AS (
           UPDATE generations SET run = run + 1, plan_tries = 0, plan_failures = 0,
             calls_before = calls, error_code = NULL, error_message = NULL, finished_at = NULL,
             touched_at = now(), asked_by = 'night', fallback_at = wanted."fallbackAt",
             status = CASE WHEN brief IS NULL THEN 'queued'
               WHEN chapters_written = chapters_total THEN 'publishing' ELSE 'writing' END
           FROM wanted
           WHERE generations.id = wanted.newest AND generations.status = 'failed'
             AND wanted.author = ANY (wanted.newest_authors)
           RETURNING ${answeredColumns}
         ), tried AS (
           UPDATE chapters SET tries = 0, failures = 0 FROM revived WHERE generation_id = revived.id
         )
         SELECT begun.*, ARRAY[]::smallint[] AS missing FROM begun
         UNION ALL SELECT revived.*, ${missingOf('revived.id')} FROM revived`,
        { entries: JSON.stringify(entries) },
      );
      return found.map(toNeeds);
    },

    async fallBack(id, run, code, reason) {
      const [row] = await rows<NeedsRow>(
        `WITH fallen AS (
           UPDATE generations SET author = 'offline', fallback_from = author, fallback_code = :code,
             fallback_reason = :reason, run = run + 1, plan_tries = 0, plan_failures = 0, touched_at = now(),
             status = CASE WHEN brief IS NULL THEN 'queued' ELSE 'writing' END
           WHERE id = :id AND (:run::int IS NULL OR run = :run) AND author <> 'offline'
             AND status IN ('queued', 'planning', 'writing')
           RETURNING ${answeredColumns}
         ), tried AS (
           UPDATE chapters SET tries = 0, failures = 0 FROM fallen WHERE generation_id = fallen.id
         )
         SELECT fallen.*, ${missingOf('fallen.id')} FROM fallen`,
        { id, run, code, reason: reason?.slice(0, 1000) ?? null },
      );
      return row ? toNeeds(row) : null;
    },

    async heldTooLong(
      now: Temporal.Instant,
      worked: readonly AuthorName[],
      limit: number,
      atOnce: readonly ErrorCode[] = [],
    ) {
      return rows<{ id: string; code: ErrorCode; reason: string }>(
        `WITH held AS MATERIALIZED (
           SELECT DISTINCT ON (author) author, code, reason FROM author_holds
           WHERE ${holdInForce(':now::timestamptz')}
           ORDER BY author, ${isProbedCode('code')} DESC, until DESC
         )
         SELECT generations.id, coalesce(held.code, 'author_held') AS code,
           coalesce(held.reason, 'No worker can ask ' || author || '.') AS reason
         FROM generations LEFT JOIN held USING (author)
         WHERE status IN ('queued', 'planning', 'writing') AND author <> 'offline'
           AND (fallback_at <= :now::timestamptz
             OR (asked_by = 'person' AND held.code = ANY(:atOnce::text[])))
           AND (held.code IS NOT NULL OR author <> ALL(:worked::text[]))
         ORDER BY created_at LIMIT :limit`,
        { now: now.toString(), worked: [...worked], limit, atOnce: [...atOnce] },
      );
    },

    async toRewrite(author: AuthorName, now: Temporal.Instant, limit: number) {
      const today = JSON.stringify(await localDates(db, now));
      const found = await rows<GenerationRow>(
        `SELECT ${answeredColumns} FROM generations
           JOIN characters ON characters.id = character_id
           JOIN jsonb_to_recordset(:today) AS today (zone text, date date) ON zone = time_zone
           JOIN days ON days.generation_id = generations.id
         WHERE status = 'published' AND fallback_from = :author AND rewritten_at IS NULL
           AND generations.date >= today.date
           AND fallback_code <> 'budget_exhausted'
           AND NOT EXISTS (SELECT FROM author_holds WHERE author_holds.author = fallback_from
             AND ${holdInForce(':now::timestamptz')})
           AND NOT EXISTS (SELECT FROM generations AS older
             WHERE older.character_id = generations.character_id
               AND older.date = generations.date AND older.rewritten_at IS NOT NULL)
           AND (fallback_code IN ('author_rate_limited', 'author_held')
             OR ${isProbedCode('fallback_code')}
             OR EXISTS (SELECT FROM author_calls WHERE author_calls.author = fallback_from
               AND outcome = 'answered' AND closed_at > generations.finished_at))
         ORDER BY generations.date, generations.id LIMIT :limit`,
        { author, now: now.toString(), today, limit },
      );
      return found.map(toGeneration);
    },

    async markRewritten(id) {
      await db('generations').where({ id }).update({ rewritten_at: db.fn.now() });
    },
  };
}
