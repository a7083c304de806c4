import { Temporal } from '@texas-ai/kernel';
import type { Database } from './database.js';

/**
 * A health check that asks what the product asks: a table of ours, an instant and a date, parsed as the
 * repositories parse them. Rejects if one cannot be read, even though the server responds.
 */
export async function probeDatabase(database: Database): Promise<void> {
  const { rows } = await database.raw<{ rows: { at: unknown; date: unknown }[] }>(
    `SELECT max(migration_time) AS at, date '2026-11-30' AS date FROM migrations`,
  );
  const [row] = rows;
  if (row?.at instanceof Temporal.Instant && row.date === '2026-11-30') return;
  throw new RangeError('The database returns times or dates in a format that cannot be parsed.');
}
