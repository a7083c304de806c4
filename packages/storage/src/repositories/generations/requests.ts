import { TexasError } from '@texas-ai/kernel';
import { isInFlight, type RequestRepository, type StoredRequest } from '@texas-ai/life';
import type { Knex } from 'knex';
import { v7 as uuid } from 'uuid';
import { queryRows } from '../../database/query-rows.js';
import {
  type GenerationRow,
  missingOf,
  type NeedsRow,
  qualifiedColumns,
  toGeneration,
  toNeeds,
  waitingColumn,
} from './generation-row.js';
import { cancel, inFlight, isFailed, resetTries, restart, resume } from './transitions.js';

const columns = `${qualifiedColumns}, ${waitingColumn}`;

/** SQL statement: stores the idempotency key, if any, with this generation. */
const storeKey = (generation: string) => `
  INSERT INTO idempotency_keys (caller, key, fresh, generation_id)
  SELECT :caller, :key, :fresh, ${generation} WHERE :key::text IS NOT NULL`;

export function makeRequestRepository(db: Knex): RequestRepository {
  return {
    async read({ character, date, idempotency }) {
      type Row = Partial<NeedsRow> & {
        fresh: boolean | null;
        time_zone: string | null;
        wakes_at: string | null;
      };
      const found = await queryRows<Row>(
        db,
        `SELECT NULL::boolean AS fresh, time_zone, wakes_at, newest.*
         FROM characters LEFT JOIN LATERAL (
           SELECT ${columns}, ${missingOf('generations.id')} FROM generations
           WHERE character_id = characters.id AND date = :date ORDER BY ordinal DESC LIMIT 1
         ) AS newest ON true
         WHERE characters.id = :character
         UNION ALL
         SELECT fresh, NULL, NULL, ${columns}, NULL
         FROM idempotency_keys JOIN generations ON generations.id = generation_id
         WHERE caller = :caller AND key = :key`,
        { character, date: date.toString(), ...keyOf(idempotency) },
      );
      const state = found.find(({ fresh }) => fresh === null);
      const repeated = found.find(({ fresh }) => fresh !== null);
      const [timeZone, wakesAt] = [state?.time_zone ?? null, state?.wakes_at ?? null];
      return {
        character: timeZone === null || wakesAt === null ? null : { timeZone, wakesAt },
        newest: hasGeneration(state) ? toNeeds(state) : null,
        repeated: hasGeneration(repeated)
          ? { generation: toGeneration(repeated), fresh: repeated.fresh === true }
          : null,
      };
    },

    async begin(request, newest) {
      const { character, date, author, requestId, askedBy, fresh, idempotency } = request;
      const cancels = newest && isInFlight(newest.status) ? newest.id : null;
      const [row] = await queryRows<GenerationRow>(
        db,
        `WITH cancelled AS (
           UPDATE generations SET ${cancel}
           WHERE id = :cancels AND ${inFlight} RETURNING id
         ), begun AS (
           INSERT INTO generations
             (id, character_id, date, ordinal, author, request_id, profile_hash, asked_by, fallback_at)
           SELECT :id, id, :date, :ordinal, :author, :requestId, profile_hash, :askedBy, :fallbackAt
           FROM characters
           WHERE id = :character AND (:cancels::uuid IS NULL OR EXISTS (SELECT FROM cancelled))
           RETURNING ${columns}
         ), stored_key AS (${storeKey('begun.id FROM begun')})
         SELECT * FROM begun`,
        {
          id: uuid(),
          character,
          date: date.toString(),
          author,
          requestId,
          askedBy,
          fallbackAt: request.fallbackAt?.toString() ?? null,
          cancels,
          // Fails if another request has taken this ordinal since the state was read.
          ordinal: (newest?.ordinal ?? 0) + 1,
          fresh,
          ...keyOf(idempotency),
        },
      );
      if (row) return { generation: toGeneration(row), missingChapters: [] };
      throw conflict();
    },

    async resumeFailed({ id, run }, { askedBy, fresh, idempotency }, fallbackAt) {
      const [row] = await queryRows<NeedsRow>(
        db,
        `WITH resumed AS (
           UPDATE generations SET ${resume}, asked_by = :askedBy, fallback_at = :fallbackAt
           WHERE id = :id AND ${isFailed} AND run = :run AND NOT EXISTS (
             SELECT FROM generations AS newer WHERE newer.character_id = generations.character_id
               AND newer.date = generations.date AND newer.ordinal > generations.ordinal)
           RETURNING ${columns}
         ), tried AS (${resetTries('resumed')}), stored_key AS (${storeKey('resumed.id FROM resumed')})
         SELECT resumed.*, ${missingOf('resumed.id')} FROM resumed`,
        {
          id,
          run,
          askedBy,
          fallbackAt: fallbackAt?.toString() ?? null,
          fresh,
          ...keyOf(idempotency),
        },
      );
      if (row) return toNeeds(row);
      throw conflict();
    },

    async restartRun(id, { askedBy, fresh, idempotency }) {
      const [row] = await queryRows<NeedsRow>(
        db,
        `WITH restarted AS (
           UPDATE generations SET ${restart},
             asked_by = CASE WHEN :askedBy = 'person' THEN 'person' ELSE asked_by END
           WHERE id = :id AND ${inFlight} RETURNING ${columns}
         ), stored_key AS (${storeKey(':id')})
         SELECT restarted.*, ${missingOf('restarted.id')} FROM restarted`,
        { id, askedBy, fresh, ...keyOf(idempotency) },
      );
      return row ? toNeeds(row) : null;
    },

    async join(id, { askedBy, fresh, idempotency }) {
      await queryRows(
        db,
        `WITH joined AS (
           UPDATE generations SET asked_by = :askedBy
           WHERE id = :id AND :askedBy = 'person' AND asked_by <> 'person' AND ${inFlight}
         ) ${storeKey(':id')}`,
        { id, askedBy, fresh, ...keyOf(idempotency) },
      );
    },
  };
}

function keyOf(idempotency: StoredRequest['idempotency']) {
  return { caller: idempotency?.caller ?? '', key: idempotency?.key ?? null };
}

/** Whether the outer join found a generation. */
function hasGeneration<Row extends { id?: string | null }>(
  row: Row | undefined,
): row is Row & NeedsRow {
  return typeof row?.id === 'string';
}

function conflict(): TexasError {
  return new TexasError('storage_conflict', 'Another request changed the same generation first.');
}
