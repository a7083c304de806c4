import type { Generation, GenerationRepository } from '@texas-ai/life';
import type { Knex } from 'knex';
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
import { publishGeneration } from './publish.js';
import {
  cancel,
  fail,
  fallBack,
  inFlight,
  needsAuthor,
  resetTries,
  restart,
} from './transitions.js';

const maxMessageLength = 1000;
const truncated = (message: string) => message.slice(0, maxMessageLength);

/** SQL query: locks the generations `:ids` that match, in the order of closeCalls, so that the two cannot deadlock. */
const lockedInOrder = (condition: string) => `
  SELECT id FROM generations WHERE id = ANY (:ids::uuid[]) AND ${condition}
  ORDER BY id FOR NO KEY UPDATE`;

export function makeGenerationRepository(
  db: Knex,
): Omit<GenerationRepository, 'overdue' | 'toRewrite' | 'markRewritten'> {
  async function one(statement: string, bindings: Knex.ValueDict): Promise<Generation | null> {
    const [row] = await queryRows<GenerationRow>(db, statement, bindings);
    return row ? toGeneration(row) : null;
  }

  async function findAll(ids: readonly string[]): Promise<Generation[]> {
    const found = await queryRows<GenerationRow>(
      db,
      `SELECT ${qualifiedColumns}, ${waitingColumn} FROM generations WHERE id = ANY (:ids::uuid[])`,
      { ids: [...ids] },
    );
    return found.map(toGeneration);
  }

  return {
    findAll,

    async find(id) {
      return (await findAll([id]))[0] ?? null;
    },

    async needs(id) {
      const [row] = await queryRows<NeedsRow>(
        db,
        `SELECT ${qualifiedColumns}, ${missingOf('generations.id')} FROM generations WHERE id = :id`,
        { id },
      );
      return row ? toNeeds(row) : null;
    },

    async cancel(id) {
      await queryRows(db, `UPDATE generations SET ${cancel} WHERE id = :id AND ${inFlight}`, {
        id,
      });
    },

    fail: (id, run, { code, message }) =>
      one(
        `UPDATE generations SET ${fail}
         WHERE id = :id AND (:run::int IS NULL OR run = :run) AND ${inFlight}
         RETURNING ${qualifiedColumns}`,
        { id, run, code, message: truncated(message) },
      ),

    async fallBack(id, run, { code, message }) {
      const [row] = await queryRows<NeedsRow>(
        db,
        `WITH fell_back AS (
           UPDATE generations SET ${fallBack}
           WHERE id = :id AND (:run::int IS NULL OR run = :run) AND author <> 'offline'
             AND ${needsAuthor}
           RETURNING ${qualifiedColumns}
         ), tried AS (${resetTries('fell_back')})
         SELECT fell_back.*, ${missingOf('fell_back.id')} FROM fell_back`,
        { id, run, code, message: truncated(message) },
      );
      return row ? toNeeds(row) : null;
    },

    publish: (id) => publishGeneration(db, id),

    async unannounced(before, limit) {
      const found = await queryRows<GenerationRow>(
        db,
        `SELECT ${qualifiedColumns} FROM generations
         WHERE status = 'published' AND announced_at IS NULL AND finished_at < :before
         ORDER BY finished_at LIMIT :limit`,
        { before: before.toString(), limit },
      );
      return found.map(toGeneration);
    },

    async markAnnounced(id) {
      await queryRows(
        db,
        'UPDATE generations SET announced_at = now() WHERE id = :id AND announced_at IS NULL',
        { id },
      );
    },

    async touch(id, run) {
      await queryRows(
        db,
        `UPDATE generations SET touched_at = now() WHERE id = :id AND run = :run AND ${inFlight}`,
        { id, run },
      );
    },

    async touchAll(ids) {
      if (ids.length === 0) return;
      await queryRows(
        db,
        `UPDATE generations SET touched_at = now()
         WHERE id IN (${lockedInOrder(inFlight)})`,
        { ids: [...ids] },
      );
    },

    async staleSince(since, limit) {
      const found = await queryRows<NeedsRow>(
        db,
        `SELECT ${qualifiedColumns}, ${missingOf('generations.id')} FROM generations
         WHERE ${inFlight} AND touched_at < :since::timestamptz ORDER BY created_at LIMIT :limit`,
        { since: since.toString(), limit },
      );
      return found.map(toNeeds);
    },

    async restartStale(ids, since) {
      if (ids.length === 0) return [];
      const restarted = await queryRows<NeedsRow>(
        db,
        `UPDATE generations SET ${restart}
         WHERE id IN (${lockedInOrder(`touched_at < :since::timestamptz AND ${inFlight}`)})
         RETURNING ${qualifiedColumns}, ${missingOf('generations.id')}`,
        { ids: [...ids], since: since.toString() },
      );
      return restarted.map(toNeeds);
    },
  };
}
