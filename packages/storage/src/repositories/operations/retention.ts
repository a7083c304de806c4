import type { Cutoff, RemovedDay, RetentionKind, RetentionRepository } from '@texas-ai/life';
import type { Knex } from 'knex';
import { inFlight } from '../generations/transitions.js';

/** What has its age, as parts of a statement. */
interface Aged {
  table: string;
  /** Where it is found; the same table by default. */
  from?: string;
  /** What it is called there. */
  as?: string;
  key: readonly string[];
  age: string;
  where: string;
}

const aged: Record<Exclude<RetentionKind, 'days'>, Aged> = {
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
  // A date that is not over keeps them: they say that it was written anew before.
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
  // What is still open keeps its place until it is closed.
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

const agedDays = `days.date < :date AND NOT EXISTS (
  SELECT FROM generations WHERE generations.character_id = days.character_id
    AND generations.date = days.date AND ${inFlight})`;

/** What is as old as it is kept. Rows fall with what they belong to, by their foreign keys. */
export function makeRetentionRepository(db: Knex): RetentionRepository {
  const bindings = ({ instant, date, today }: Cutoff) => ({
    instant: instant.toString(),
    date,
    today,
  });

  return {
    async count(kind, cutoff) {
      const { table: from, where } =
        kind === 'days' ? { table: 'days', where: agedDays } : place(kind);
      const { rows } = await db.raw<{ rows: { count: number }[] }>(
        `SELECT count(*) AS count FROM ${from} WHERE ${where}`,
        bindings(cutoff),
      );
      return rows[0]?.count ?? 0;
    },

    async remove(kind, cutoff, most) {
      const { table, key, age, where } = aged[kind];
      const { table: from, as } = place(kind);
      const { rowCount } = await db.raw<{ rowCount: number }>(
        `WITH picked AS MATERIALIZED (
           SELECT ${key.map((column) => `${as}.${column}`).join(', ')} FROM ${from}
           WHERE ${where} ORDER BY ${age} LIMIT :most FOR UPDATE OF ${as} SKIP LOCKED
         )
         DELETE FROM ${table} USING picked
         WHERE ${key.map((column) => `${table}.${column} = picked.${column}`).join(' AND ')}`,
        { ...bindings(cutoff), most },
      );
      return rowCount;
    },

    async removeDays(cutoff, most) {
      const { rows: gone } = await db.raw<{ rows: RemovedDay[] }>(
        `WITH picked AS MATERIALIZED (
           SELECT days.character_id, days.date FROM days
             JOIN generations AS live ON live.id = days.generation_id
           WHERE ${agedDays} ORDER BY days.date LIMIT :most FOR UPDATE OF days, live SKIP LOCKED
         )
         DELETE FROM days USING picked
         WHERE days.character_id = picked.character_id AND days.date = picked.date
         RETURNING days.character_id AS character, days.date`,
        { ...bindings(cutoff), most },
      );
      if (gone.length === 0) return gone;
      await db.raw(
        `DELETE FROM generations USING jsonb_to_recordset(?) AS gone (character text, date date)
         WHERE generations.character_id = gone.character AND generations.date = gone.date
           AND NOT ${inFlight}`,
        [JSON.stringify(gone)],
      );
      return gone;
    },
  };
}

function place(kind: keyof typeof aged) {
  const { table, from = table, as = table, where } = aged[kind];
  return { table: from, as, where };
}
