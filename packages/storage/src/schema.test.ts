import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { explain } from '@texas-ai/kernel';
import { schemaOf } from '@texas-ai/postgres';
import { makeLogSpy, makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import { type Database, openDatabase } from './database/database.js';

import { storageFailure } from './database/storage-failure.js';
import { migrate, pendingMigrations } from './migrations/migrate.js';
import { makeStore } from './store.js';

let db: TestDatabase;
let role: string;
const opened: Database[] = [];
beforeEach(async () => {
  db = await makeTestDatabase({ empty: true });
  role = `role_${randomUUID().slice(0, 8)}`;
  await db.database.raw(
    `CREATE ROLE ${role} LOGIN PASSWORD 'pw'; ${named('GRANT ALL ON DATABASE $name TO $role')}`,
  );
});
afterEach(async () => {
  for (const each of opened.splice(0)) await each.destroy();
  await db.database.raw(`DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`);
  await db.drop();
});

const named = (sql: string) =>
  sql.replaceAll('$name', new URL(db.url).pathname.slice(1)).replaceAll('$role', role);

/** A new pool for the role, as a starting process opens it. */
function open(schema?: string): Database {
  const url = new URL(db.url);
  url.username = role;
  url.password = 'pw';
  const database = openDatabase({
    url: url.href,
    applicationName: 'texas-test',
    poolMax: 3,
    connectTimeoutSeconds: 10,
    acquireTimeoutSeconds: 20,
    statementTimeoutSeconds: 20,
    idleInTransactionTimeoutSeconds: 20,
    ...(schema !== undefined && { schema }),
    logger: makeLogSpy(),
  });
  opened.push(database);
  return database;
}

const schemas = async () => {
  const { rows } = await db.database.raw(
    `SELECT DISTINCT schemaname AS name FROM pg_tables WHERE tableowner = ?`,
    [role],
  );
  return rows.map(({ name }: { name: string }) => name);
};

test('the tables are created in the role’s schema, and found there after schemas are added', async () => {
  await db.database.raw(named('CREATE SCHEMA AUTHORIZATION $role'));
  await migrate(open());
  expect(await schemas()).toEqual([role]);
  await db.database.raw(named('CREATE SCHEMA app; GRANT ALL ON SCHEMA app TO $role'));
  await db.database.raw(named('ALTER ROLE $role SET search_path = app, "$user"'));
  const later = open();
  expect([await schemaOf(later), await pendingMigrations(later)]).toEqual([role, []]);
  expect(await migrate(later)).toEqual([]);
});

test('existing tables in public stay in use when the role gets a schema', async () => {
  await db.database.raw(named('GRANT ALL ON SCHEMA public TO $role'));
  await migrate(open());
  await db.database.raw(named('CREATE SCHEMA AUTHORIZATION $role'));
  const later = open();
  expect([await schemaOf(later), await pendingMigrations(later)]).toEqual(['public', []]);
  expect(await migrate(later)).toEqual([]);
  expect(await schemas()).toEqual(['public']);
});

test('one database can hold two installations', async () => {
  await db.database.raw(
    named('CREATE SCHEMA one; CREATE SCHEMA two; GRANT ALL ON SCHEMA one, two TO $role'),
  );
  for (const schema of ['one', 'two']) expect(await migrate(open(schema))).not.toEqual([]);
  expect((await schemas()).sort()).toEqual(['one', 'two']);
});

test.each([
  [
    'may make nothing in the schema',
    '',
    /permission denied for schema public.*GRANT USAGE, CREATE ON SCHEMA public TO role_/,
  ],
  [
    'has no schema',
    'ALTER ROLE $role SET search_path = nowhere',
    /no schema has been selected.*CREATE SCHEMA IF NOT EXISTS nowhere; GRANT USAGE, CREATE ON SCHEMA nowhere TO role_/,
  ],
])('a role that %s gets an error with a fix', async (_what, sql, message) => {
  if (sql !== '') await db.database.raw(named(sql));
  const refused = await migrate(open()).catch((failure: unknown) => failure);
  expect(explain(refused)).toMatch(message);
});

test('the suggested GRANT restores a missing privilege in another schema', async () => {
  await db.database.raw(named('CREATE SCHEMA "my app"; GRANT ALL ON SCHEMA "my app" TO $role'));
  await db.database.raw(named('ALTER ROLE $role SET search_path = "my app"'));
  const migrated = open();
  await migrate(migrated);
  await db.database.raw(
    named(
      'ALTER TABLE "my app".generations OWNER TO texas; REVOKE ALL ON "my app".generations FROM $role',
    ),
  );
  const read = () => makeStore(migrated).generations.find('00000000-0000-0000-0000-000000000000');
  const words = explain(await read().catch((failure: unknown) => failure));
  const statement = /in this database: (GRANT SELECT, INSERT.*)/.exec(words)?.[1] ?? words;
  await db.database.raw(statement);
  expect(await read()).toBeNull();
});

test.each([
  [`SELECT 'Token - a'::jsonb`, 'invalid input syntax for type json'],
  [`SELECT 'a - b'::integer`, 'invalid input syntax for type integer: "a - b"'],
])('the message of PostgreSQL is kept whole, without the statement: %s', async (sql, words) => {
  const inPool = await db.database.raw(sql).catch((error) => error);
  const inTransaction = await db.database.transaction((t) => t.raw(sql)).catch((error) => error);
  const built = await db.database
    .select(db.database.raw(sql.slice('SELECT '.length)))
    .catch((error) => error);
  for (const error of [inPool, inTransaction, built]) {
    expect(error.message).toBe(words);
    expect(storageFailure(error).details).toEqual({ reason: `${words}, SQLSTATE 22P02` });
  }
});
