import type pg from 'pg';
import { assertSessionPooling, backendPid } from './pooler.js';

export interface SessionOptions {
  /** The options of the session's connection; a second connection is made to test a pooler. */
  connection: pg.ClientConfig;
  /** Milliseconds after which PostgreSQL cancels a statement; 0 for never. */
  statementTimeoutMs: number;
  /** Milliseconds after which PostgreSQL ends an idle transaction; 0 for never. */
  idleInTransactionTimeoutMs: number;
  /** The schema to work in; for the default, see `makeSessionSetup`. */
  schema?: string | undefined;
}

/** Names as in SQL, quoted if needed. */
export interface Session {
  role: string;
  database: string;
  /** The schema to work in, even if it does not exist or the role may not use it. */
  schema: string;
}

/** Sets up a new session. Rejects with `config_invalid` or whatever pg throws. */
export type SessionSetup = (client: pg.Client) => Promise<Session>;

/** Settings that the code relies on: server, database, role and pooler may have other defaults. */
const settings: Readonly<Record<string, string>> = {
  client_encoding: 'UTF8',
  DateStyle: 'ISO, YMD',
  TimeZone: 'UTC',
  IntervalStyle: 'postgres',
  bytea_output: 'hex',
  extra_float_digits: '1',
  standard_conforming_strings: 'on',
  array_nulls: 'on',
  transform_null_equals: 'off',
  default_transaction_isolation: 'read committed',
  default_transaction_deferrable: 'off',
  lock_timeout: '0',
  idle_session_timeout: '0',
  transaction_timeout: '0',
};

// Skips settings that this server does not have.
const applySettings = `
  SELECT pg_catalog.set_config(name, value, false)
  FROM pg_catalog.jsonb_each_text($1) AS wanted (name, value)
  WHERE pg_catalog.current_setting(name, true) IS NOT NULL`;

// Must follow RESET search_path: a pooler may pass on the search_path of another client.
const applySchema = `
  SELECT pg_catalog.set_config('search_path', pg_catalog.quote_ident(coalesce(
    $1::text,
    (SELECT name FROM pg_catalog.unnest(pg_catalog.current_schemas(false))
       WITH ORDINALITY AS path (name, place)
     WHERE (SELECT count(*) FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace
              ON pg_namespace.oid = relnamespace
            WHERE nspname = name AND relkind = 'r' AND relname IN ('migrations', 'generations')) = 2
     ORDER BY place LIMIT 1),
    pg_catalog.current_schema())), false)`;

const describeSession = `
  SELECT pg_catalog.quote_ident(current_user) AS role,
    pg_catalog.quote_ident(pg_catalog.current_database()) AS database,
    pg_catalog.quote_ident(pg_catalog.current_schema()) AS schema,
    pg_catalog.current_setting('search_path') AS path`;

/**
 * Returns a function that sets up a session: the settings above, the timeouts, and a `search_path` of exactly one
 * schema. By default that is the first schema in the role's own `search_path` that holds Texas AI's tables, or else the
 * first that exists. Uses statements, because PgBouncer rejects startup parameters.
 */
export function makeSessionSetup(options: SessionOptions): SessionSetup {
  const { connection, statementTimeoutMs, idleInTransactionTimeoutMs, schema } = options;
  const wanted = {
    ...settings,
    statement_timeout: String(statementTimeoutMs),
    idle_in_transaction_session_timeout: String(idleInTransactionTimeoutMs),
  };
  let pooled: Promise<void> | undefined;
  return async (client) => {
    // Behind a pooler, the backend named in the greeting is not the one that runs statements.
    const pid = await backendPid(client);
    if (pid !== greetingPid(client)) {
      pooled ??= assertSessionPooling(client, connection).catch((failure) => {
        // Test again with the next connection: this one may just have been lost.
        pooled = undefined;
        throw failure;
      });
      await pooled;
    }
    // A pooler may hand on a session with the prepared statements of another client.
    await client.query('DEALLOCATE ALL');
    await client.query('RESET search_path');
    await client.query(applySettings, [JSON.stringify(wanted)]);
    await client.query(applySchema, [schema ?? null]);
    const { rows } = await client.query<Omit<Session, 'schema'> & SchemaAndPath>(describeSession);
    const [{ role = '', database = '', ...found } = { schema: null, path: '' }] = rows;
    return { role, database, schema: found.schema ?? firstIn(found.path) };
  };
}

interface SchemaAndPath {
  /** Null if no schema in the path can be used. */
  schema: string | null;
  path: string;
}

/** Returns the first schema named in a search_path, quoted as in SQL. */
function firstIn(path: string): string {
  const names = path.match(/"(?:[^"]|"")+"|[^\s,"]+/g) ?? [];
  return names.find((name) => name !== '"$user"') ?? 'public';
}

/** Returns the backend's process id from the greeting, which is missing from pg's types. */
function greetingPid(client: pg.Client): unknown {
  return 'processID' in client ? client.processID : undefined;
}
