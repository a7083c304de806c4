import { Temporal } from '@texas-ai/kernel';
import type { Database } from './database.js';

/**
 * Asks the database what the product asks it: a table of ours, an instant and a date, each read as the
 * repositories read them. Rejects where one cannot be read, although the server answers.
 */
export async function probeDatabase(database: Database): Promise<void> {
  const { rows } = await database.raw<{ rows: { at: unknown; date: unknown }[] }>(
    `SELECT max(migration_time) AS at, date '2026-11-30' AS date FROM migrations`,
  );
  const [row] = rows;
  if (row?.at instanceof Temporal.Instant && row.date === '2026-11-30') return;
  throw new RangeError('The database writes times or dates in a form that cannot be read.');
}
