import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import { openPool } from '../../test/calls.js';
import type { Database } from './database.js';
import { queryRows } from './query-rows.js';

let db: TestDatabase;
/** One connection. */
let pool: Database;

beforeAll(async () => {
  db = await makeTestDatabase({ empty: true });
  pool = await openPool(db, 1);
  await pool.raw('CREATE TABLE numbers (value integer); INSERT INTO numbers VALUES (1)');
});
afterAll(async () => {
  await pool.destroy();
  await db.drop();
});

const values = (database: Database = pool) =>
  queryRows<{ value: unknown }>(database, 'SELECT value FROM numbers WHERE value > :above', {
    above: 0,
  });

test('a statement is prepared once per connection', async () => {
  for (let times = 0; times < 3; times++) expect(await values()).toEqual([{ value: 1 }]);
  const { rows } = await pool.raw(
    `SELECT generic_plans + custom_plans AS runs FROM pg_prepared_statements
     WHERE statement LIKE 'SELECT value FROM numbers%'`,
  );
  expect(rows).toEqual([{ runs: 3 }]);
});

test('a statement survives a migration that changes the type of a column', async () => {
  await values();
  await pool.raw('ALTER TABLE numbers ALTER COLUMN value TYPE text');
  await pool.raw('ALTER TABLE numbers ALTER COLUMN value TYPE bigint USING value::bigint');
  expect(await values()).toEqual([{ value: 1 }]);
});

test('the number of prepared statements is bounded', async () => {
  for (let n = 0; n < 300; n++) await queryRows(pool, `SELECT ${n}`);
  const { rows } = await pool.raw('SELECT count(*)::int AS count FROM pg_prepared_statements');
  // Those that were prepared before the migration remain on the connection.
  expect(rows[0].count).toBeLessThan(210);
  expect(await values()).toEqual([{ value: 1 }]);
});

test('a transaction that a migration overtook can be tried again', async () => {
  await values();
  await pool.raw('ALTER TABLE numbers ALTER COLUMN value TYPE numeric');
  const read = () => pool.transaction((transaction) => values(transaction));
  await expect(read()).rejects.toMatchObject({ code: 'storage_unavailable' });
  expect(await read()).toEqual([{ value: 1 }]);
});
