import { TexasError } from '@texas-ai/kernel';
import { isInFlight, type RequestRepository, type StoredRequest } from '@texas-ai/life';
import type { Knex } from 'knex';
import { v7 as uuid } from 'uuid';
import {
  answeredColumns,
  type GenerationRow,
  missingOf,
  type NeedsRow,
  toGeneration,
  toNeeds,
  waitingColumn,
} from './generation-row.js';
import { inFlight } from './generations.js';

const columns = `${answeredColumns}, ${waitingColumn}`;

/** A part of a statement: the idempotency key belongs to this generation from now on. */
const remembering = (generation: string) => `
  INSERT INTO idempotency_keys (caller, key, fresh, generation_id)
  SELECT :caller, :key, :fresh, ${generation} WHERE :key::text IS NOT NULL`;

/** Every method is one statement: whoever asks for a day pays for one look and one write. */
export function makeRequestRepository(db: Knex): RequestRepository {
  async function rows<Row>(statement: string, bindings: Knex.ValueDict): Promise<Row[]> {
    return (await db.raw<{ rows: Row[] }>(statement, bindings)).rows;
  }

  return {
    async look({ character, date, idempotency }) {
      type Row = Partial<NeedsRow> & {
        fresh: boolean | null;
        time_zone: string | null;
        wakes_at: string | null;
      };
      const found = await rows<Row>(
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
        { character, date, ...keyOf(idempotency) },
      );
      const seen = found.find(({ fresh }) => fresh === null);
      const repeated = found.find(({ fresh }) => fresh !== null);
      const [timeZone, wakesAt] = [seen?.time_zone ?? null, seen?.wakes_at ?? null];
      return {
        character: timeZone === null || wakesAt === null ? null : { timeZone, wakesAt },
        newest: isWhole(seen) ? toNeeds(seen) : null,
        repeated: isWhole(repeated)
          ? { generation: toGeneration(repeated), fresh: repeated.fresh === true }
          : null,
      };
    },

    async begin(request, newest) {
      const { character, date, author, requestId, askedBy, fresh, idempotency } = request;
      const cancels = newest && isInFlight(newest.status) ? newest.id : null;
      const [row] = await rows<GenerationRow>(
        `WITH cancelled AS (
           UPDATE generations SET status = 'cancelled', finished_at = now()
           WHERE id = :cancels AND ${inFlight} RETURNING id
         ), begun AS (
           INSERT INTO generations
             (id, character_id, date, ordinal, author, request_id, profile_hash, asked_by, fallback_at)
           SELECT :id, id, :date, :ordinal, :author, :requestId, profile_hash, :askedBy, :fallbackAt
           FROM characters
           WHERE id = :character AND (:cancels::uuid IS NULL OR EXISTS (SELECT FROM cancelled))
           RETURNING ${columns}
         ), remembered AS (${remembering('begun.id FROM begun')})
         SELECT * FROM begun`,
        {
          id: uuid(),
          character,
          date,
          author,
          requestId,
          askedBy,
          fallbackAt: request.fallbackAt?.toString() ?? null,
          cancels,
          // The place after the newest that was seen: whoever else took it is found out.
          ordinal: (newest?.ordinal ?? 0) + 1,
          fresh,
          ...keyOf(idempotency),
        },
      );
      if (row) return toGeneration(row);
      throw overtaken();
    },

    async revive({ id, run }, { askedBy, fresh, idempotency }, fallbackAt) {
      const [row] = await rows<NeedsRow>(
        `WITH revived AS (
           UPDATE generations SET run = run + 1, plan_tries = 0, plan_failures = 0,
             calls_before = calls, asked_by = :askedBy, fallback_at = :fallbackAt, error_code = NULL, error_message = NULL, finished_at = NULL, touched_at = now(),
             status = CASE WHEN brief IS NULL THEN 'queued'
               WHEN chapters_written = chapters_total THEN 'publishing' ELSE 'writing' END
           WHERE id = :id AND status = 'failed' AND run = :run AND NOT EXISTS (
             SELECT FROM generations AS newer WHERE newer.character_id = generations.character_id
               AND newer.date = generations.date AND newer.ordinal > generations.ordinal)
           RETURNING ${columns}
         ), tried AS (
           UPDATE chapters SET tries = 0, failures = 0 FROM revived WHERE generation_id = revived.id
         ), remembered AS (${remembering('revived.id FROM revived')})
         SELECT revived.*, ${missingOf('revived.id')} FROM revived`,
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
      throw overtaken();
    },

    async renew(id, request) {
      const [row] = await rows<NeedsRow>(
        `WITH renewed AS (
           UPDATE generations SET run = run + 1, touched_at = now(),
             asked_by = CASE WHEN :askedBy = 'person' THEN 'person' ELSE asked_by END
           WHERE id = :id AND ${inFlight} RETURNING ${columns}
         ), remembered AS (${remembering(':id')})
         SELECT renewed.*, ${missingOf('renewed.id')} FROM renewed`,
        {
          id,
          askedBy: request?.askedBy ?? 'night',
          fresh: request?.fresh ?? false,
          ...keyOf(request?.idempotency ?? null),
        },
      );
      return row ? toNeeds(row) : null;
    },

    async join(id, { askedBy, fresh, idempotency }) {
      await rows(
        `WITH joined AS (
           UPDATE generations SET asked_by = :askedBy
           WHERE id = :id AND :askedBy = 'person' AND asked_by <> 'person' AND ${inFlight}
         ) ${remembering(':id')}`,
        { id, askedBy, fresh, ...keyOf(idempotency) },
      );
    },
  };
}

function keyOf(idempotency: StoredRequest['idempotency']) {
  return { caller: idempotency?.caller ?? '', key: idempotency?.key ?? null };
}

/** The row of a character without a generation has no id. */
function isWhole<Row extends { id?: string | null }>(row: Row | undefined): row is Row & NeedsRow {
  return typeof row?.id === 'string';
}

function overtaken(): TexasError {
  return new TexasError('storage_conflict', 'Somebody else changed the same first.');
}
