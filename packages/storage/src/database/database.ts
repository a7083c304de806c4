import { type Logger, Temporal } from '@texas-ai/kernel';
import { makeSessionSetup, type Session } from '@texas-ai/postgres';
import knex, { type Knex } from 'knex';
import pg from 'pg';
import { closeDeadConnections, makeOpenConnections } from './dead-connections.js';
import { queryRows } from './query-rows.js';
import { recordFailedStatement } from './storage-failure.js';

export interface DatabaseOptions {
  /** postgres://… */
  url: string;
  /** Shown by PostgreSQL beside each connection. */
  applicationName: string;
  /** The maximum number of connections. */
  poolMax: number;
  /** The time limit for a new connection. */
  connectTimeoutSeconds: number;
  /** How long a query waits for a free connection. */
  acquireTimeoutSeconds: number;
  /** Seconds after which PostgreSQL cancels a statement. */
  statementTimeoutSeconds: number;
  /** Seconds after which PostgreSQL ends a transaction that does nothing. */
  idleInTransactionTimeoutSeconds: number;
  /** By default the first schema of the role's `search_path` that exists. */
  schema?: string;
  /** Receives the messages that knex would print otherwise. */
  logger: Logger;
}

export type Database = Knex;

const dateType = 1082;
const bigintType = 20;
const numericType = 1700;
const timestampType = 1184;

/** DATE stays text, TIMESTAMPTZ becomes Temporal, BIGINT and NUMERIC numbers: ours stay below 2^53. */
function getTypeParser(type: number, format = 'text') {
  if (type === dateType) return (text: string) => text;
  if (type === timestampType) return (text: string) => Temporal.Instant.from(text);
  if (type === bigintType || type === numericType) return Number;
  return pg.types.getTypeParser(type, format as 'text');
}

/** The connections in use and free, and the queries that wait for one. */
export function poolUse({ client }: Database) {
  const pool = client.pool;
  return {
    used: Number(pool.numUsed()),
    free: Number(pool.numFree()),
    waiting: Number(pool.numPendingAcquires()),
    max: Number(pool.max),
  };
}

/**
 * A health check that reads what the repositories read: one of our tables, an instant and a date. Rejects
 * if the server responds but one of them cannot be read or parsed.
 */
export async function probeDatabase(database: Database): Promise<void> {
  const [row] = await queryRows<{ at: unknown; date: unknown }>(
    database,
    `SELECT max(migration_time) AS at, date '2026-11-30' AS date FROM migrations`,
  );
  if (row?.at instanceof Temporal.Instant && row.date === '2026-11-30') return;
  throw new RangeError('The database returns times or dates in a format that cannot be parsed.');
}

/** Opens a pool that connects on first use and closes idle connections after 30 s. */
export function openDatabase(options: DatabaseOptions): Database {
  const statementMs = options.statementTimeoutSeconds * 1000;
  // The server's own timeout comes first; this one detects a server that no longer responds.
  const silenceMs = statementMs + 1000;
  const connections = makeOpenConnections();
  const connection = {
    connectionString: options.url,
    application_name: options.applicationName,
    query_timeout: silenceMs,
    connectionTimeoutMillis: options.connectTimeoutSeconds * 1000,
    keepAlive: true,
    types: { getTypeParser },
  };
  const setUp = makeSessionSetup({
    connection,
    statementTimeoutMs: statementMs,
    idleInTransactionTimeoutMs: options.idleInTransactionTimeoutSeconds * 1000,
    schema: options.schema,
  });
  // The last session that was set up. All sessions of a pool have the same role and schema.
  let session: Session | undefined;
  const database = knex({
    client: 'pg',
    connection,
    // Errors then start with the exact statement, without values; recordFailedStatement removes it.
    compileSqlOnError: false,
    log: {
      warn: (detail) => options.logger.warn('database pool', { detail }),
      error: (detail) => options.logger.warn('database pool', { detail }),
      deprecate: (detail) => options.logger.debug('database client', { detail }),
      debug: (detail) => options.logger.debug('database client', { detail }),
    },
    pool: {
      min: 0,
      max: options.poolMax,
      idleTimeoutMillis: 30_000,
      afterCreate(client: pg.Client, done: (error: unknown, client: pg.Client) => void) {
        connections.add(client);
        setUp(client).then(
          (created) => {
            session = created;
            done(null, client);
          },
          (error) => {
            // The pool drops a failed connection without closing it.
            client.connection.stream.destroy();
            done(error, client);
          },
        );
      },
    },
    acquireConnectionTimeout: options.acquireTimeoutSeconds * 1000,
  });
  database.on('query-error', (error: Error, { sql }: { sql: string }) => {
    recordFailedStatement(error, sql, session);
  });
  closeDeadConnections(database, connections, silenceMs);
  return database;
}
