import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import type { Knex } from 'knex';
import { probeDatabase } from './database.js';

let db: TestDatabase;
beforeEach(async () => {
  db = await makeTestDatabase();
});
afterEach(() => db.drop());

test('the probe of a readable database succeeds', async () => {
  await expect(probeDatabase(db.database)).resolves.toBeUndefined();
});

test('the probe succeeds whatever formats an administrator has set for the database', async () => {
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
  ['writes German dates', `SET LOCAL datestyle = 'German'`],
  ['writes SQL dates', `SET LOCAL datestyle = 'SQL, DMY'`],
  ['uses another schema', 'SET LOCAL search_path = pg_catalog'],
  ['has lost a table', 'DROP TABLE migrations'],
  ['has no migration', 'DELETE FROM migrations'],
])('the probe of a session that %s fails', async (_what, sql) => {
  const probed = db.database.transaction(async (session: Knex.Transaction) => {
    await session.raw(sql);
    await probeDatabase(session);
  });
  await expect(probed).rejects.toThrow();
});
