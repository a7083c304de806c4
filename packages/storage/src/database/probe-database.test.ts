import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import type { Knex } from 'knex';
import { probeDatabase } from './probe-database.js';

let db: TestDatabase;
beforeEach(async () => {
  db = await makeTestDatabase();
});
afterEach(() => db.drop());

test('a database that the product can read answers', async () => {
  await expect(probeDatabase(db.database)).resolves.toBeUndefined();
});

test('so does one whose administrator has decided otherwise', async () => {
  const name = new URL(db.url).pathname.slice(1);
  await db.database.raw(`
    ALTER DATABASE ${name} SET datestyle = 'German';
    ALTER DATABASE ${name} SET timezone = 'Asia/Kolkata'`);
  await db.database.destroy();
  db.database.initialize();
  await expect(probeDatabase(db.database)).resolves.toBeUndefined();
  expect((await db.database.raw('SELECT now()::text AS now')).rows[0].now).toMatch(
    /^\d{4}-.*\+00$/,
  );
});

test.each([
  ['writes dates in the German way', `SET LOCAL datestyle = 'German'`],
  ['writes dates in the SQL way', `SET LOCAL datestyle = 'SQL, DMY'`],
  ['shows another schema', 'SET LOCAL search_path = pg_catalog'],
  ['has lost a table', 'DROP TABLE migrations'],
  ['was never migrated to the end', 'DELETE FROM migrations'],
])('a session that %s does not count as an answer', async (_what, sql) => {
  const probed = db.database.transaction(async (session: Knex.Transaction) => {
    await session.raw(sql);
    await probeDatabase(session);
  });
  await expect(probed).rejects.toThrow();
});
