import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import { makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import { makeAlertRepository } from './repositories/operations/alerts.js';

// What is looked for every few seconds among millions of rows is found by an index.

let db: TestDatabase;
beforeAll(async () => {
  db = await makeTestDatabase();
});
afterAll(() => db.drop());

const now = Temporal.Instant.from('2026-11-23T04:00:00Z');

/** How PostgreSQL goes about the last statement of the work where it avoids reading whole tables. */
async function planOf(work: () => Promise<unknown>): Promise<string> {
  let asked: { sql: string; bindings: unknown[] } | undefined;
  const listen = ({ sql, bindings }: { sql: string; bindings: unknown[] }) => {
    asked = { sql: sql.replace(/\$\d+/g, '?'), bindings };
  };
  db.database.on('query', listen);
  await work().finally(() => db.database.off('query', listen));
  const { sql, bindings } = asked ?? { sql: '', bindings: [] };
  return db.database.transaction(async (inTransaction) => {
    await inTransaction.raw('SET LOCAL enable_seqscan = off');
    const { rows } = await inTransaction.raw(`EXPLAIN ${sql}`, bindings as string[]);
    return rows.map((row: Record<string, string>) => row['QUERY PLAN']).join('\n');
  });
}

test.each<[string, string, () => Promise<unknown>]>([
  ['characters that are due', 'characters_due', () => db.store.schedule.due(now, 10)],
  [
    'generations that nobody touched',
    'generations_unfinished',
    () => db.store.generations.staleSince(now, 10),
  ],
  [
    'generations that are held too long',
    'generations_unfinished',
    () => db.store.generations.overdue({ now: now, available: ['offline'], atOnce: [], limit: 10 }),
  ],
  [
    'days that were not announced',
    'generations_unannounced',
    () => db.store.generations.unannounced(now, 10),
  ],
  [
    'days to be written anew',
    'generations_to_rewrite',
    () => db.store.generations.toRewrite('gemini', now, 10),
  ],
  ['calls that were never closed', 'author_calls_open', () => db.store.ledger.closeLost(now)],
  [
    'alerts to be delivered',
    'alert_deliveries_waiting',
    () => makeAlertRepository(db.database).due(now, 10, ['slack']),
  ],
])('%s by %s', async (_what, index, work) => {
  const plan = await planOf(work);
  expect(plan).toContain(index);
  expect(plan).not.toContain('Seq Scan');
});
