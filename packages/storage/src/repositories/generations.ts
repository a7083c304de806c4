import { TexasError } from '@texas-ai/kernel';
import { type Generation, type GenerationRepository, inFlightStatuses } from '@texas-ai/life';
import type { Knex } from 'knex';
import { v7 as uuid } from 'uuid';
import { type GenerationRow, generationColumns, toGeneration } from './generation-row.js';
import { addUsage } from './usage.js';

type Lifecycle = Pick<
  GenerationRepository,
  | 'find'
  | 'findAll'
  | 'lockNewest'
  | 'lock'
  | 'insert'
  | 'cancel'
  | 'revive'
  | 'bumpRun'
  | 'unfinished'
  | 'fail'
  | 'touch'
  | 'addUsage'
  | 'publish'
>;

/** The life of a generation's row, from its request to its end. */
export function makeGenerationLifecycle(db: Knex): Lifecycle {
  const table = () => db<GenerationRow>('generations');
  const inFlight = (id: string) => table().where({ id }).whereIn('status', inFlightStatuses);

  async function one(query: PromiseLike<unknown>): Promise<Generation | null> {
    const rows = (await query) as GenerationRow[];
    return rows[0] ? toGeneration(rows[0]) : null;
  }

  function found(generation: Generation | null, id: string): Generation {
    if (generation) return generation;
    throw new TexasError('generation_not_found', `There is no generation ${id}.`);
  }

  return {
    find: (id) => one(table().where({ id }).select(generationColumns)),

    async findAll(ids) {
      const rows: GenerationRow[] = await db('generations')
        .whereIn('id', [...ids])
        .select([...generationColumns]);
      return rows.map(toGeneration);
    },

    lock: (id) => one(table().where({ id }).select(generationColumns).forUpdate()),

    lockNewest: (character, date) =>
      one(
        table()
          .where({ character_id: character, date })
          .orderBy('ordinal', 'desc')
          .limit(1)
          .select(generationColumns)
          .forUpdate(),
      ),

    async insert({ character, date, author, requestId }) {
      const result = await db.raw<{ rows: GenerationRow[] }>(
        `INSERT INTO generations (id, character_id, date, ordinal, author, request_id, profile_hash)
         SELECT ?, id, ?, 1 + coalesce((SELECT max(ordinal) FROM generations
             WHERE character_id = characters.id AND date = ?), 0), ?, ?, profile_hash
         FROM characters WHERE id = ?
         RETURNING ${generationColumns.join(', ')}`,
        [uuid(), date, date, author, requestId, character],
      );
      const row = result.rows[0];
      if (row) return toGeneration(row);
      throw new TexasError('character_not_found', `There is no character “${character}”.`);
    },

    async cancel(id) {
      await inFlight(id).update({ status: 'cancelled', finished_at: db.fn.now() });
    },

    revive: async (id) =>
      found(
        await one(
          table()
            .where({ id, status: 'failed' })
            .update({
              status: db.raw(`CASE WHEN brief IS NULL THEN 'queued'
                WHEN chapters_written = chapters_total THEN 'publishing' ELSE 'writing' END`),
              run: db.raw('run + 1'),
              plan_tries: 0,
              calls_before: db.ref('calls'),
              error_code: null,
              error_message: null,
              finished_at: null,
              touched_at: db.fn.now(),
            } as object)
            .returning(generationColumns),
        ).then(async (generation) => {
          if (generation) await db('chapters').where({ generation_id: id }).update({ tries: 0 });
          return generation;
        }),
        id,
      ),

    bumpRun: (id) =>
      one(
        inFlight(id)
          .update({ run: db.raw('run + 1'), touched_at: db.fn.now() } as object)
          .returning(generationColumns),
      ),

    async unfinished(limit) {
      const rows: GenerationRow[] = await db('generations')
        .whereIn('status', inFlightStatuses)
        .orderBy('touched_at')
        .limit(limit)
        .select([...generationColumns]);
      return rows.map(toGeneration);
    },

    async fail(id, run, code, message) {
      const query = inFlight(id);
      if (run !== null) query.where({ run });
      const failed = await query.update({
        status: 'failed',
        error_code: code,
        error_message: message.slice(0, 1000),
        finished_at: db.fn.now(),
      });
      return failed > 0;
    },

    async touch(id, run) {
      await inFlight(id)
        .where({ run })
        .update({ touched_at: db.fn.now() } as object);
    },

    addUsage: (id, usage) => addUsage(db, id, usage),

    publish: (id) =>
      one(
        table()
          .where({ id, status: 'publishing' })
          .update({ status: 'published', finished_at: db.fn.now() })
          .returning(generationColumns),
      ),
  };
}
