import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import { makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import { makeAlertRepository } from './repositories/operations/alerts.js';

// Frequent queries over millions of rows use an index.

let db: TestDatabase;
beforeAll(async () => {
  db = await makeTestDatabase();
});
afterAll(() => db.drop());

const now = Temporal.Instant.from('2026-11-23T04:00:00Z');

/** The plan of the work's last statement, with sequential scans discouraged. */
async function planOf(work: () => Promise<unknown>): Promise<string> {
  let query: { sql: string; bindings: unknown[] } | undefined;
  const listen = ({ sql, bindings }: { sql: string; bindings: unknown[] }) => {
    query = { sql: sql.replace(/\$\d+/g, '?'), bindings };
  };
  db.database.on('query', listen);
  await work().finally(() => db.database.off('query', listen));
  const { sql, bindings } = query ?? { sql: '', bindings: [] };
  return db.database.transaction(async (inTransaction) => {
    await inTransaction.raw('SET LOCAL enable_seqscan = off');
    const { rows } = await inTransaction.raw(`EXPLAIN ${sql}`, bindings as string[]);
    return rows.map((row: Record<string, string>) => row['QUERY PLAN']).join('\n');
  });
}

test.each<[string, string, () => Promise<unknown>]>([
  ['due characters', 'characters_due', () => db.store.schedule.due(now, 10)],
  ['stale generations', 'generations_unfinished', () => db.store.generations.staleSince(now, 10)],
  [
    'overdue generations',
    'generations_unfinished',
    () => db.store.generations.overdue({ now, available: ['offline'], atOnce: [], limit: 10 }),
  ],
  ['unannounced days', 'generations_unannounced', () => db.store.generations.unannounced(now, 10)],
  [
    'days to rewrite',
    'generations_to_rewrite',
    () => db.store.generations.toRewrite('gemini', now, 10),
  ],
  ['open calls', 'author_calls_open', () => db.store.ledger.closeLost(now)],
  [
    'due deliveries',
    'alert_deliveries_waiting',
    () => makeAlertRepository(db.database).due(now, 10, ['slack']),
  ],
])('%s are found by the index %s', async (_what, index, work) => {
  const plan = await planOf(work);
  expect(plan).toContain(index);
  expect(plan).not.toContain('Seq Scan');
});
