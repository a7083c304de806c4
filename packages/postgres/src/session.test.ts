import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import pg from 'pg';
import { makeSessionSetup } from './session.js';

let db: TestDatabase;
beforeEach(async () => {
  db = await makeTestDatabase({ empty: true });
});
afterEach(() => db.drop());

/** Runs SQL, then returns settings of a new session. */
async function shown(sql: string, names: readonly string[], schema?: string): Promise<string[]> {
  await db.database.raw(sql.replaceAll('$database', new URL(db.url).pathname.slice(1)));
  const connection = { connectionString: db.url };
  const setUp = makeSessionSetup({
    connection,
    statementTimeoutMs: 7_000,
    idleInTransactionTimeoutMs: 8_000,
    schema,
  });
  const client = new pg.Client(connection);
  await client.connect();
  try {
    await setUp(client);
    const values: string[] = [];
    for (const name of names) {
      const { rows } = await client.query('SELECT current_setting($1) AS value', [name]);
      values.push(rows[0].value);
    }
    return values;
  } finally {
    await client.end();
  }
}

test.each([
  ['DateStyle', 'German', 'ISO, YMD'],
  ['DateStyle', 'SQL, DMY', 'ISO, YMD'],
  ['TimeZone', 'Asia/Kolkata', 'UTC'],
  ['IntervalStyle', 'sql_standard', 'postgres'],
  ['bytea_output', 'escape', 'hex'],
  ['extra_float_digits', '-15', '1'],
  ['standard_conforming_strings', 'off', 'on'],
  ['client_encoding', 'LATIN1', 'UTF8'],
  ['array_nulls', 'off', 'on'],
  ['transform_null_equals', 'on', 'off'],
  ['default_transaction_isolation', 'serializable', 'read committed'],
  ['lock_timeout', '1h', '0'],
  ['idle_session_timeout', '1h', '0'],
  ['statement_timeout', '1h', '7s'],
  ['idle_in_transaction_session_timeout', '1h', '8s'],
])('the database setting %s = %s does not affect a session', async (name, foreign, expected) => {
  const sql = `ALTER DATABASE $database SET ${name} = '${foreign}'`;
  expect(await shown(sql, [name])).toEqual([expected]);
});

const tables = (schema: string) =>
  `CREATE TABLE ${schema}.migrations (); CREATE TABLE ${schema}.generations ();`;
const path = (value: string) => `ALTER DATABASE $database SET search_path = ${value};`;

test.each([
  ['public, by default', 'SELECT', 'public'],
  ["the role's own, if it exists", 'CREATE SCHEMA AUTHORIZATION current_user', 'texas'],
  ['the one in search_path', `CREATE SCHEMA app; ${path('app')}`, 'app'],
  [
    'a name that must be quoted',
    `CREATE SCHEMA "My ""app"; ${path('"My ""app", public')}`,
    '"My ""app"',
  ],
  [
    'the one with our tables, even if another comes first',
    `${tables('public')} CREATE SCHEMA AUTHORIZATION current_user`,
    'public',
  ],
  [
    'the first of two with our tables',
    `CREATE SCHEMA app; ${tables('app')} ${tables('public')} ${path('app, public')}`,
    'app',
  ],
  [
    'never one outside of search_path, even with our tables',
    `CREATE SCHEMA elsewhere; ${tables('elsewhere')}`,
    'public',
  ],
  [
    'the first, if another has just one table with a name of ours',
    `CREATE SCHEMA app; CREATE TABLE public.generations (); ${path('app, public')}`,
    'app',
  ],
])('the schema of a session is %s', async (_what, sql, expected) => {
  expect(await shown(sql, ['search_path'])).toEqual([expected]);
});

test('a connection that is lost while a pooler is tested does not affect the next', async () => {
  const connection = { connectionString: db.url };
  const setUp = makeSessionSetup({
    connection,
    statementTimeoutMs: 0,
    idleInTransactionTimeoutMs: 0,
  });
  /** Returns a session whose greeting has another process id, as behind a pooler. */
  const greeted = async () => {
    const client = new pg.Client(connection);
    client.on('error', () => undefined);
    await client.connect();
    return Object.assign(client, { processID: -1 });
  };
  const lost = await greeted();
  const setting = setUp(lost);
  await lost.end();
  await expect(setting).rejects.toThrow();
  const next = await greeted();
  await expect(setUp(next)).resolves.toMatchObject({ schema: 'public' });
  await next.end();
});

test.each([
  ['', 'public'],
  [path('"$user", "My ""app, too", other'), '"My ""app, too"'],
  [`CREATE SCHEMA app; ${path('nowhere, app')}`, 'app'],
  [path('nowhere, elsewhere'), 'nowhere'],
  [path("''"), 'public'],
])('returns role, database and schema: %j is %s', async (sql, schema) => {
  const name = new URL(db.url).pathname.slice(1);
  if (sql !== '') await db.database.raw(sql.replaceAll('$database', name));
  const connection = { connectionString: db.url };
  const setUp = makeSessionSetup({
    connection,
    statementTimeoutMs: 0,
    idleInTransactionTimeoutMs: 0,
  });
  const client = new pg.Client(connection);
  await client.connect();
  const session = await setUp(client);
  await client.end();
  expect(session).toEqual({ role: 'texas', database: name, schema });
});

test('the schema option overrides search_path', async () => {
  const sql = `CREATE SCHEMA app; ${tables('public')}`;
  expect(await shown(sql, ['search_path'], 'app')).toEqual(['app']);
});
