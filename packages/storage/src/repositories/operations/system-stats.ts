import type { Temporal } from '@texas-ai/kernel';
import type { Generation } from '@texas-ai/life';
import type { Knex } from 'knex';
import { queryRows } from '../../database/query-rows.js';
import { withStorageFailures } from '../../database/storage-failure.js';
import { localDates } from '../days/local-dates.js';

/** Statistics about the whole system, for metrics and monitoring. */
export interface SystemStats {
  /** Generations in flight, by status; a status without any is left out. */
  unfinished(): Promise<{ status: Generation['status']; count: number }[]>;
  /** The number of characters whose days are planned. */
  characters(): Promise<number>;
  /** When each character's newest day up to today was published; characters without one are left out. */
  publishedAt(
    characters: readonly string[],
    now: Temporal.Instant,
  ): Promise<Map<string, Temporal.Instant>>;
  /** The time and size of the last good backup, and when one was last verified. */
  backups(): Promise<{
    lastGoodAt: Temporal.Instant | null;
    lastGoodBytes: number | null;
    lastVerifiedAt: Temporal.Instant | null;
  }>;
}

/** Each method rejects with `storage_unavailable` while the database is unavailable. */
export function makeSystemStats(db: Knex): SystemStats {
  return withStorageFailures<SystemStats>({
    async unfinished() {
      const rows = await db<{ status: Generation['status'] }>('generations')
        .whereIn('status', ['queued', 'planning', 'writing', 'publishing'])
        .groupBy('status')
        .select('status')
        .count({ count: '*' });
      return rows.map(({ status, count }) => ({ status, count: Number(count) }));
    },

    async characters() {
      const row = await db('characters')
        .whereNot({ next_plan_at: 'infinity' })
        .count({ count: '*' })
        .first();
      return Number(row?.count ?? 0);
    },

    async publishedAt(characters, now) {
      // The newest date of each character comes straight from an index.
      const today = await localDates(db, now);
      const rows = await queryRows<{ id: string; at: Temporal.Instant }>(
        db,
        `SELECT id, published_at AS at FROM characters
         JOIN jsonb_to_recordset(:today) AS today (zone text, date date) ON zone = time_zone
         CROSS JOIN LATERAL (
           SELECT published_at FROM days
           WHERE character_id = id AND days.date <= today.date
           ORDER BY days.date DESC LIMIT 1
         ) AS newest
         WHERE id = ANY (:characters::text[])`,
        { characters: [...characters], today: JSON.stringify(today) },
      );
      return new Map(rows.map(({ id, at }) => [id, at]));
    },

    async backups() {
      const [row] = await queryRows<{
        at: Temporal.Instant | null;
        bytes: number | null;
        verified: Temporal.Instant | null;
      }>(
        db,
        `SELECT last.finished_at AS at, last.size AS bytes,
           (SELECT max(verified_at) FROM backups) AS verified
         FROM (SELECT) AS always LEFT JOIN LATERAL (
           SELECT finished_at, size FROM backups WHERE state = 'good'
           ORDER BY finished_at DESC LIMIT 1
         ) AS last ON true`,
      );
      return {
        lastGoodAt: row?.at ?? null,
        lastGoodBytes: row?.bytes ?? null,
        lastVerifiedAt: row?.verified ?? null,
      };
    },
  });
}
