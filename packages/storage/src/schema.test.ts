import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { explain } from '@texas-ai/kernel';
import { makeLogSpy, makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import { type Database, openDatabase, schemaOf } from './database.js';
import { migrate, pendingMigrations } from './migrate.js';

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
  await db.database.raw(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  await db.drop();
});

const named = (sql: string) =>
  sql.replaceAll('$name', new URL(db.url).pathname.slice(1)).replaceAll('$role', role);

/** A new pool of the role, as of a process that starts. */
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

test('the tables are made in the schema of the role, and found there after more schemas came', async () => {
  await db.database.raw(named('CREATE SCHEMA AUTHORIZATION $role'));
  await migrate(open());
  expect(await schemas()).toEqual([role]);
  await db.database.raw(named('CREATE SCHEMA app; GRANT ALL ON SCHEMA app TO $role'));
  await db.database.raw(named('ALTER ROLE $role SET search_path = app, "$user"'));
  const later = open();
  expect([await schemaOf(later), await pendingMigrations(later)]).toEqual([role, []]);
  expect(await migrate(later)).toEqual([]);
});

test('tables in public stay the ones that are used when the role gets a schema', async () => {
  await db.database.raw(named('GRANT ALL ON SCHEMA public TO $role'));
  await migrate(open());
  await db.database.raw(named('CREATE SCHEMA AUTHORIZATION $role'));
  const later = open();
  expect([await schemaOf(later), await pendingMigrations(later)]).toEqual(['public', []]);
  expect(await migrate(later)).toEqual([]);
  expect(await schemas()).toEqual(['public']);
});

test('one database may hold two installations', async () => {
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
    /no schema has been selected.*CREATE SCHEMA AUTHORIZATION role_/,
  ],
])('a role that %s is told so, with what to do', async (_what, sql, message) => {
  if (sql !== '') await db.database.raw(named(sql));
  const refused = await migrate(open()).catch((failure: unknown) => failure);
  expect(explain(refused)).toMatch(message);
});
