import type { ScheduleRepository } from '@texas-ai/life';
import type { Knex } from 'knex';
import { v7 as uuid } from 'uuid';
import { queryRows } from '../../database/query-rows.js';
import { missingOf, type NeedsRow, qualifiedColumns, toNeeds } from './generation-row.js';
import { inFlight, isFailed, resetTries, resume } from './transitions.js';

export function makeScheduleRepository(db: Knex): ScheduleRepository {
  return {
    async due(now, limit) {
      return (
        db('characters')
          .where('next_plan_at', '<=', now.toString())
          .orderBy('next_plan_at')
          .limit(limit)
          .select({ id: 'id', timeZone: 'time_zone', wakesAt: 'wakes_at' })
          // FOR UPDATE would block requests for days of these characters, or deadlock with them.
          .forNoKeyUpdate()
          .skipLocked()
      );
    },

    async countDue(now) {
      const [row] = await db('characters')
        .where('next_plan_at', '<=', now.toString())
        .count<{ count: number }[]>('* as count');
      return row?.count ?? 0;
    },

    async planNext(times) {
      await db.raw(
        `UPDATE characters SET next_plan_at = planned.at
         FROM unnest(:ids::text[], :at::timestamptz[]) AS planned (id, at)
         WHERE characters.id = planned.id`,
        { ids: [...times.keys()], at: [...times.values()].map(String) },
      );
    },

    async withoutDay(characters) {
      const dated = characters.map(({ id, date }) => ({ id, date }));
      const found = await queryRows<{ id: string }>(
        db,
        `SELECT wanted.id FROM jsonb_to_recordset(:dated) AS wanted (id text, date date)
         WHERE NOT EXISTS (
             SELECT FROM days WHERE days.character_id = wanted.id AND days.date = wanted.date)
           AND NOT EXISTS (
             SELECT FROM generations WHERE generations.character_id = wanted.id
               AND generations.date = wanted.date AND ${inFlight})`,
        { dated: JSON.stringify(dated) },
      );
      const ids = new Set(found.map(({ id }) => id));
      return characters.filter(({ id }) => ids.has(id));
    },

    async begin(generations) {
      if (generations.length === 0) return [];
      const entries = generations.map(({ fallback, fallbackAt, ...each }) => ({
        id: uuid(),
        ...each,
        fallbackFrom: fallback?.from ?? null,
        fallbackCode: fallback?.code ?? null,
        fallbackReason: fallback?.message ?? null,
        fallbackAt: fallbackAt?.toString() ?? null,
      }));
      // A failed generation of the same author is resumed, so that no call is paid for twice.
      const begun = await queryRows<NeedsRow>(
        db,
        `WITH wanted AS (
           SELECT wanted.*, newest.id AS newest, newest.failed,
             array_remove(ARRAY[newest.author, newest.fallback_from], NULL) AS newest_authors,
             coalesce(newest.ordinal, 0) AS ordinal
           FROM jsonb_to_recordset(:entries) AS wanted (id uuid, character text, date date,
               author text, "chaptersWanted" smallint, "fallbackAt" timestamptz,
               "fallbackFrom" text, "fallbackCode" text, "fallbackReason" text)
             LEFT JOIN LATERAL (
               SELECT id, ${isFailed} AS failed, ${inFlight} AS in_flight, author, fallback_from,
                 ordinal
               FROM generations WHERE character_id = wanted.character AND date = wanted.date
               ORDER BY ordinal DESC LIMIT 1
             ) AS newest ON true
           WHERE NOT EXISTS (
               SELECT FROM days WHERE character_id = wanted.character AND days.date = wanted.date)
             AND newest.in_flight IS NOT TRUE
         ), begun AS (
           INSERT INTO generations (id, character_id, date, ordinal, author, profile_hash, asked_by,
             chapters_wanted, fallback_at, fallback_from, fallback_code, fallback_reason)
           SELECT wanted.id, character, date, ordinal + 1, author, profile_hash, 'night',
             "chaptersWanted", "fallbackAt", "fallbackFrom", "fallbackCode", "fallbackReason"
           FROM wanted JOIN characters ON characters.id = character
           WHERE NOT (failed IS TRUE AND author = ANY (newest_authors))
           ON CONFLICT DO NOTHING
           RETURNING ${qualifiedColumns}
         ), resumed AS (
           UPDATE generations
           SET ${resume}, asked_by = 'night', fallback_at = wanted."fallbackAt"
           FROM wanted
           WHERE generations.id = wanted.newest AND ${isFailed}
             AND wanted.author = ANY (wanted.newest_authors)
           RETURNING ${qualifiedColumns}
         ), tried AS (${resetTries('resumed')})
         SELECT begun.*, ARRAY[]::smallint[] AS missing FROM begun
         UNION ALL SELECT resumed.*, ${missingOf('resumed.id')} FROM resumed`,
        { entries: JSON.stringify(entries) },
      );
      return begun.map(toNeeds);
    },
  };
}
