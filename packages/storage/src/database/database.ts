import { type Logger, Temporal } from '@texas-ai/kernel';
import { makeSessionSetup, type Session } from '@texas-ai/postgres';
import knex, { type Knex } from 'knex';
import pg from 'pg';
import { closeDeadConnections, makeOpenConnections } from './dead-connections.js';
import { noteFailedStatement } from './storage-failure.js';

export interface DatabaseOptions {
  /** postgres://… */
  url: string;
  /** Shown by PostgreSQL beside each connection. */
  applicationName: string;
  /** Connections at most. */
  poolMax: number;
  /** Seconds that a new connection may take. */
  connectTimeoutSeconds: number;
  /** Seconds that a query waits for a free connection of the pool. */
  acquireTimeoutSeconds: number;
  /** Seconds after which PostgreSQL cancels a statement. */
  statementTimeoutSeconds: number;
  /** Seconds after which PostgreSQL ends a transaction that does nothing. */
  idleInTransactionTimeoutSeconds: number;
  /** The schema to work in; by default the one that the role's `search_path` leads to. */
  schema?: string;
  /** Told what the pool has to say; knex would print it. */
  logger: Logger;
}

export type Database = Knex;

const dateType = 1082;
const bigintType = 20;
const numericType = 1700;
const timestampType = 1184;

/** DATE stays text, instants become Temporal, counts and money numbers (they stay below 2^53). */
function getTypeParser(type: number, format = 'text') {
  if (type === dateType) return (text: string) => text;
  if (type === timestampType) return (text: string) => Temporal.Instant.from(text);
  if (type === bigintType || type === numericType) return Number;
  return pg.types.getTypeParser(type, format as 'text');
}

/** How the pool of a database is used: connections, and queries that wait for one. */
export function poolUse({ client }: Database) {
  const pool = client.pool;
  return {
    used: Number(pool.numUsed()),
    free: Number(pool.numFree()),
    waiting: Number(pool.numPendingAcquires()),
    max: Number(pool.max),
  };
}

/** A pool that connects when it is first used and keeps no idle connection for long. */
export function openDatabase(options: DatabaseOptions): Database {
  const statementMs = options.statementTimeoutSeconds * 1000;
  // PostgreSQL's own limit comes first; this one is for a server that no longer answers at all.
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
  // All sessions of a pool have the same role and schema.
  let session: Session | undefined;
  const database = knex({
    client: 'pg',
    connection,
    // An error begins with the very statement then, without its values.
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
        connections.note(client);
        setUp(client).then(
          (made) => {
            session = made;
            done(null, client);
          },
          (error) => {
            // The pool forgets a connection that it could not finish.
            client.connection.stream.destroy();
            done(error, client);
          },
        );
      },
    },
    acquireConnectionTimeout: options.acquireTimeoutSeconds * 1000,
  });
  database.on('query-error', (error: Error, { sql }: { sql: string }) => {
    noteFailedStatement(error, sql, session);
  });
  closeDeadConnections(database, connections, silenceMs);
  return database;
}
