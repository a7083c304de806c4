import type { Cutoff, RemovedDay, RetentionKind, RetentionRepository } from '@texas-ai/life';
import type { Knex } from 'knex';
import { queryRows } from '../../database/query-rows.js';
import { inFlight } from '../generations/transitions.js';

/** Selects the rows of a kind that may be removed, as fragments of a statement. */
interface Expiry {
  table: string;
  /** The FROM clause that finds the rows; by default the table itself. */
  from?: string;
  /** The alias of the table in `from`. */
  as?: string;
  key: readonly string[];
  age: string;
  where: string;
}

const expiries: Record<Exclude<RetentionKind, 'days'>, Expiry> = {
  interactions: {
    table: 'interactions',
    key: ['id'],
    age: 'date',
    where: 'date < :date',
  },
  'idempotency-keys': {
    table: 'idempotency_keys',
    key: ['caller', 'key'],
    age: 'created_at',
    where: 'created_at < :instant',
  },
  // Generations for today and later are kept: they show that the day was rewritten.
  'replaced-generations': {
    table: 'generations',
    from: `generations AS newer
      JOIN days ON days.generation_id = newer.id
      JOIN generations AS older ON older.character_id = newer.character_id
        AND older.date = newer.date AND older.id <> newer.id`,
    as: 'older',
    key: ['id'],
    age: 'newer.finished_at',
    where: `newer.status = 'published' AND newer.ordinal > 1 AND newer.finished_at < :instant
      AND older.status = 'published' AND older.date < :today`,
  },
  'given-up-generations': {
    table: 'generations',
    key: ['id'],
    age: 'finished_at',
    where: `status IN ('failed', 'cancelled') AND finished_at < :instant AND date < :today`,
  },
  // Open calls are kept until they are closed.
  calls: {
    table: 'author_calls',
    key: ['id'],
    age: 'spent_on',
    where: 'spent_on < :date AND closed_at IS NOT NULL',
  },
  alerts: {
    table: 'alerts',
    key: ['id'],
    age: 'recovered_at',
    where: 'recovered_at < :instant',
  },
};

const expiredDays = `days.date < :date AND NOT EXISTS (
  SELECT FROM generations WHERE generations.character_id = days.character_id
    AND generations.date = days.date AND ${inFlight})`;

/** Counts and removes rows older than a cutoff. Foreign keys cascade to the rows that belong to them. */
export function makeRetentionRepository(db: Knex): RetentionRepository {
  const bindings = ({ instant, date, today }: Cutoff) => ({
    instant: instant.toString(),
    date,
    today,
  });

  return {
    async count(kind, cutoff) {
      const { table: from, where } =
        kind === 'days' ? { table: 'days', where: expiredDays } : sourceOf(kind);
      const rows = await queryRows<{ count: number }>(
        db,
        `SELECT count(*) AS count FROM ${from} WHERE ${where}`,
        bindings(cutoff),
      );
      return rows[0]?.count ?? 0;
    },

    async remove(kind, cutoff, max) {
      const { table, key, age, where } = expiries[kind];
      const { table: from, as } = sourceOf(kind);
      const { rowCount } = await db.raw<{ rowCount: number }>(
        `WITH picked AS MATERIALIZED (
           SELECT ${key.map((column) => `${as}.${column}`).join(', ')} FROM ${from}
           WHERE ${where} ORDER BY ${age} LIMIT :max FOR UPDATE OF ${as} SKIP LOCKED
         )
         DELETE FROM ${table} USING picked
         WHERE ${key.map((column) => `${table}.${column} = picked.${column}`).join(' AND ')}`,
        { ...bindings(cutoff), max },
      );
      return rowCount;
    },

    async removeDays(cutoff, max) {
      const removed = await queryRows<RemovedDay>(
        db,
        `WITH picked AS MATERIALIZED (
           SELECT days.character_id, days.date FROM days
             JOIN generations AS live ON live.id = days.generation_id
           WHERE ${expiredDays} ORDER BY days.date LIMIT :max FOR UPDATE OF days, live SKIP LOCKED
         )
         DELETE FROM days USING picked
         WHERE days.character_id = picked.character_id AND days.date = picked.date
         RETURNING days.character_id AS character, days.date`,
        { ...bindings(cutoff), max },
      );
      if (removed.length === 0) return removed;
      await db.raw(
        `DELETE FROM generations USING jsonb_to_recordset(?) AS removed (character text, date date)
         WHERE generations.character_id = removed.character AND generations.date = removed.date
           AND NOT ${inFlight}`,
        [JSON.stringify(removed)],
      );
      return removed;
    },
  };
}

function sourceOf(kind: keyof typeof expiries) {
  const { table, from = table, as = table, where } = expiries[kind];
  return { table: from, as, where };
}
