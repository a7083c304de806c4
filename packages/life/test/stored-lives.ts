import type { TestDatabase } from '@texas-ai/testing';
import { makeFleet } from './fleet.js';

/** Writes a day of texas on a new date, up to publishing. */
export async function writeDay(
  db: TestDatabase,
): Promise<{ id: string; date: string; fleet: ReturnType<typeof makeFleet> }> {
  const fleet = makeFleet(db);
  const { id } = await fleet.request({ idempotencyKey: `of ${fleet.date}` });
  await fleet.workAll();
  return { id, date: fleet.date, fleet };
}

/** Writes the day again. */
export async function rewriteDay(fleet: ReturnType<typeof makeFleet>): Promise<string> {
  const { id } = await fleet.request({ fresh: true });
  await fleet.workAll();
  return id;
}

const tables = [
  'characters',
  'major_events',
  'generations',
  'schedule_items',
  'chapters',
  'experiences',
  'days',
  'interactions',
  'idempotency_keys',
  'author_calls',
  'spending',
  'spending_shards',
  'alerts',
  'alert_deliveries',
] as const;

/** The number of rows of each table. */
export async function rowCounts({
  database,
}: TestDatabase): Promise<Record<(typeof tables)[number], number>> {
  const counts = await Promise.all(
    tables.map(async (table) => {
      const [row] = await database(table).count({ count: '*' });
      return [table, Number(row?.count ?? 0)];
    }),
  );
  return Object.fromEntries(counts);
}

export async function truncateTables({ database }: TestDatabase): Promise<void> {
  await database.raw(`TRUNCATE ${tables.join(', ')}`);
}
