import type { Temporal } from '@texas-ai/kernel';
import { type Generation, type GenerationRepository, inFlightStatuses } from '@texas-ai/life';
import type { Knex } from 'knex';
import {
  answeredColumns,
  type GenerationRow,
  generationColumns,
  missingOf,
  type NeedsRow,
  toGeneration,
  toNeeds,
  waitingColumn,
} from './generation-row.js';

type Lifecycle = Pick<
  GenerationRepository,
  | 'find'
  | 'findAll'
  | 'lock'
  | 'cancel'
  | 'untouched'
  | 'fail'
  | 'touch'
  | 'touchAll'
  | 'renewAll'
  | 'publish'
  | 'unannounced'
  | 'markAnnounced'
>;

export const inFlight = `generations.status IN (${inFlightStatuses.map((each) => `'${each}'`).join(', ')})`;

/** The life of a generation's row, from its request to its end. */
export function makeGenerationLifecycle(db: Knex): Lifecycle {
  const table = () => db<GenerationRow>('generations');

  async function one(query: PromiseLike<unknown>): Promise<Generation | null> {
    const rows = (await query) as GenerationRow[];
    return rows[0] ? toGeneration(rows[0]) : null;
  }

  async function findAll(ids: readonly string[]): Promise<Generation[]> {
    const { rows } = await db.raw<{ rows: GenerationRow[] }>(
      `SELECT ${answeredColumns}, ${waitingColumn} FROM generations WHERE id = ANY (?::uuid[])`,
      [[...ids]],
    );
    return rows.map(toGeneration);
  }

  return {
    findAll,

    async find(id) {
      return (await findAll([id]))[0] ?? null;
    },

    lock: (id) => one(table().where({ id }).select(generationColumns).forNoKeyUpdate()),

    async cancel(id) {
      await table()
        .where({ id })
        .whereRaw(inFlight)
        .update({ status: 'cancelled', finished_at: db.fn.now() } as object);
    },

    async untouched(since, limit) {
      const { rows } = await db.raw<{ rows: NeedsRow[] }>(
        `SELECT ${answeredColumns}, ${missingOf('generations.id')} FROM generations
         WHERE ${inFlight} AND touched_at < ?::timestamptz ORDER BY created_at LIMIT ?`,
        [since.toString(), limit],
      );
      return rows.map(toNeeds);
    },

    async fail(id, run, code, message) {
      const query = table().where({ id }).whereRaw(inFlight);
      if (run !== null) query.where({ run });
      return one(
        query
          .update({
            status: 'failed',
            error_code: code,
            error_message: message.slice(0, 1000),
            finished_at: db.fn.now(),
          } as object)
          .returning(generationColumns),
      );
    },

    async touch(id, run) {
      await table()
        .where({ id, run })
        .whereRaw(inFlight)
        .update({ touched_at: db.fn.now() } as object);
    },

    async touchAll(ids) {
      if (ids.length === 0) return;
      await db.raw(
        `UPDATE generations SET touched_at = now() WHERE id = ANY (?::uuid[]) AND ${inFlight}`,
        [[...ids]],
      );
    },

    async renewAll(ids, since) {
      if (ids.length === 0) return [];
      const { rows } = await db.raw<{ rows: NeedsRow[] }>(
        `UPDATE generations SET run = run + 1, touched_at = now()
         WHERE id = ANY (?::uuid[]) AND touched_at < ?::timestamptz AND ${inFlight}
         RETURNING ${answeredColumns}, ${missingOf('generations.id')}`,
        [[...ids], since.toString()],
      );
      return rows.map(toNeeds);
    },

    publish: (id) =>
      one(
        table()
          .where({ id, status: 'publishing' })
          .update({ status: 'published', finished_at: db.fn.now() } as object)
          .returning(generationColumns),
      ),

    async unannounced(before: Temporal.Instant, limit: number) {
      const rows: GenerationRow[] = await db('generations')
        .where({ status: 'published', announced_at: null })
        .where('finished_at', '<', before.toString())
        .orderBy('finished_at')
        .limit(limit)
        .select([...generationColumns]);
      return rows.map(toGeneration);
    },

    async markAnnounced(id) {
      await db('generations')
        .where({ id, announced_at: null })
        .update({ announced_at: db.fn.now() });
    },
  };
}
