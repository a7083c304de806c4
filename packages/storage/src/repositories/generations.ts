import { type Generation, type GenerationRepository, inFlightStatuses } from '@texas-ai/life';
import type { Knex } from 'knex';
import { type GenerationRow, generationColumns, toGeneration } from './generation-row.js';
import { addUsage } from './usage.js';

type Lifecycle = Pick<
  GenerationRepository,
  'find' | 'findAll' | 'lock' | 'cancel' | 'unfinished' | 'fail' | 'touch' | 'addUsage' | 'publish'
>;

/** The life of a generation's row, from its request to its end. */
export function makeGenerationLifecycle(db: Knex): Lifecycle {
  const table = () => db<GenerationRow>('generations');
  const inFlight = (id: string) => table().where({ id }).whereIn('status', inFlightStatuses);

  async function one(query: PromiseLike<unknown>): Promise<Generation | null> {
    const rows = (await query) as GenerationRow[];
    return rows[0] ? toGeneration(rows[0]) : null;
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

    async cancel(id) {
      await inFlight(id).update({ status: 'cancelled', finished_at: db.fn.now() });
    },

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
