import type { GenerationRepository, OverdueGeneration } from '@texas-ai/life';
import type { Knex } from 'knex';
import { queryRows } from '../../database/query-rows.js';
import { cooldownInForce, isProbedCode } from '../authors/cooldowns.js';
import { localDates } from '../days/local-dates.js';
import { type GenerationRow, qualifiedColumns, toGeneration } from './generation-row.js';
import { needsAuthor } from './transitions.js';

/** The generations that must fall back to the offline author, and those to rewrite afterwards. */
export function makeFallbackQueries(
  db: Knex,
): Pick<GenerationRepository, 'overdue' | 'toRewrite' | 'markRewritten'> {
  return {
    async overdue({ now, available, atOnce, limit }) {
      const rows = await queryRows<OverdueGeneration>(
        db,
        `WITH cooldowns AS MATERIALIZED (
           SELECT DISTINCT ON (author) author, code, reason FROM author_holds
           WHERE ${cooldownInForce(':now::timestamptz')}
           ORDER BY author, ${isProbedCode('code')} DESC, until DESC
         )
         SELECT generations.id, coalesce(cooldowns.code, 'author_held') AS code,
           coalesce(cooldowns.reason, 'No worker can call ' || author || '.') AS message
         FROM generations LEFT JOIN cooldowns USING (author)
         WHERE ${needsAuthor} AND author <> 'offline'
           AND (fallback_at <= :now::timestamptz
             OR (asked_by = 'person' AND cooldowns.code = ANY(:atOnce::text[])))
           AND (cooldowns.code IS NOT NULL OR author <> ALL(:available::text[]))
         ORDER BY created_at LIMIT :limit`,
        { now: now.toString(), available: [...available], limit, atOnce: [...atOnce] },
      );
      return rows;
    },

    async toRewrite(author, now, limit) {
      const today = JSON.stringify(await localDates(db, now));
      const rows = await queryRows<GenerationRow>(
        db,
        `SELECT ${qualifiedColumns} FROM generations
           JOIN characters ON characters.id = character_id
           JOIN jsonb_to_recordset(:today) AS today (zone text, date date) ON zone = time_zone
           JOIN days ON days.generation_id = generations.id
         WHERE status = 'published' AND fallback_from = :author AND rewritten_at IS NULL
           AND generations.date >= today.date
           AND fallback_code <> 'budget_exhausted'
           AND NOT EXISTS (SELECT FROM author_holds WHERE author_holds.author = fallback_from
             AND ${cooldownInForce(':now::timestamptz')})
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
      return rows.map(toGeneration);
    },

    async markRewritten(id) {
      await db('generations').where({ id }).update({ rewritten_at: db.fn.now() });
    },
  };
}
