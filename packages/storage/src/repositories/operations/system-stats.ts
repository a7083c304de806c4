import type { Temporal } from '@texas-ai/kernel';
import type { Generation } from '@texas-ai/life';
import type { Knex } from 'knex';
import { withStorageFailures } from '../../database/storage-failure.js';
import { localDates } from '../days/local-dates.js';

/** How the whole system stands, for those who watch it. */
export interface SystemFigures {
  /** How many generations are in flight, by status; none of a status is left out. */
  unfinished(): Promise<{ status: Generation['status']; count: number }[]>;
  /** How many characters are looked after. */
  characters(): Promise<number>;
  /**
   * When the newest day of each of these characters was published, days to come left out; characters
   * without one are left out as well.
   */
  publishedAt(
    characters: readonly string[],
    now: Temporal.Instant,
  ): Promise<Map<string, Temporal.Instant>>;
  /** When a backup was last made, how large it is, and when one was last verified. */
  backups(): Promise<{
    lastGoodAt: Temporal.Instant | null;
    lastGoodBytes: number | null;
    lastVerifiedAt: Temporal.Instant | null;
  }>;
}

/** Every method rejects with `storage_unavailable`. */
export function makeFigures(db: Knex): SystemFigures {
  return withStorageFailures<SystemFigures>({
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
      // Each by its newest date: an index alone answers that, however long a life is.
      const today = await localDates(db, now);
      const { rows } = await db.raw<{ rows: { id: string; at: Temporal.Instant }[] }>(
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
      const { rows } = await db.raw<{
        rows: {
          at: Temporal.Instant | null;
          bytes: number | null;
          verified: Temporal.Instant | null;
        }[];
      }>(
        `SELECT last.finished_at AS at, last.size AS bytes,
           (SELECT max(verified_at) FROM backups) AS verified
         FROM (SELECT) AS always LEFT JOIN LATERAL (
           SELECT finished_at, size FROM backups WHERE state = 'good'
           ORDER BY finished_at DESC LIMIT 1
         ) AS last ON true`,
      );
      const [row] = rows;
      return {
        lastGoodAt: row?.at ?? null,
        lastGoodBytes: row?.bytes ?? null,
        lastVerifiedAt: row?.verified ?? null,
      };
    },
  });
}
