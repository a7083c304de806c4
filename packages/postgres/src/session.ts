import type pg from 'pg';
import { backendPid, refuseTransactionPooling } from './pooler.js';

export interface SessionOptions {
  /** How the session was connected; a pooler is tried out with one more connection. */
  connection: pg.ClientConfig;
  /** Milliseconds after which PostgreSQL cancels a statement; 0 for never. */
  statementTimeoutMs: number;
  /** Milliseconds after which PostgreSQL ends a transaction that does nothing; 0 for never. */
  idleInTransactionTimeoutMs: number;
  /** The schema to work in; by default the one that `search_path` leads to. */
  schema?: string | undefined;
}

/** Who works where, in names as SQL has them (quoted where needed). */
export interface Session {
  role: string;
  database: string;
  /** The schema to work in, also where it does not exist or the role may not use it. */
  schema: string;
}

/** Sets up a session that has just been connected. Rejects with `config_invalid` or what pg throws. */
export type SessionSetup = (client: pg.Client) => Promise<Session>;

/** What the code relies on in every session: server, database, role and pooler may have other defaults. */
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

// Settings that this server does not know are skipped.
const applySettings = `
  SELECT pg_catalog.set_config(name, value, false)
  FROM pg_catalog.jsonb_each_text($1) AS wanted (name, value)
  WHERE pg_catalog.current_setting(name, true) IS NOT NULL`;

// Reset before: a pooler may pass on the search_path of an earlier client.
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
 * Sets up the sessions of one database alike: the settings above, the limits, and a `search_path` of exactly
 * one schema. That is the first schema of the role's own `search_path` that holds Texas AI's tables, or else
 * the first that exists. Statements are used, because PgBouncer refuses start-up parameters.
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
    // Behind a pooler the process of the greeting is not the one that runs statements.
    const pid = await backendPid(client);
    if (pid !== greetedPid(client)) {
      pooled ??= refuseTransactionPooling(client, connection).catch((failure) => {
        // A connection that was lost meanwhile says nothing about the next one.
        pooled = undefined;
        throw failure;
      });
      await pooled;
    }
    await client.query('RESET search_path');
    await client.query(applySettings, [JSON.stringify(wanted)]);
    await client.query(applySchema, [schema ?? null]);
    const { rows } = await client.query<Omit<Session, 'schema'> & SchemaAndPath>(describeSession);
    const [{ role = '', database = '', ...found } = { schema: null, path: '' }] = rows;
    return { role, database, schema: found.schema ?? firstIn(found.path) };
  };
}

interface SchemaAndPath {
  /** Null where no schema of the path can be used. */
  schema: string | null;
  path: string;
}

/** The first schema that a search_path names, as SQL has it. */
function firstIn(path: string): string {
  const names = path.match(/"(?:[^"]|"")+"|[^\s,"]+/g) ?? [];
  return names.find((name) => name !== '"$user"') ?? 'public';
}

/** The backend process named in the server's greeting; missing from the types of pg. */
function greetedPid(client: pg.Client): unknown {
  return 'processID' in client ? client.processID : undefined;
}
