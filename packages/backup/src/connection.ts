import { Socket } from 'node:net';
import { withEncodedPercents } from '@texas-ai/kernel';
import { makeSessionSetup } from '@texas-ai/postgres';
import pg from 'pg';

/** A connection that answers queries and nothing else. */
export type Connection = Pick<pg.Client, 'query'>;

export interface ConnectionOptions {
  /** The schema to work in; by default the one of Texas AI's tables (`makeSessionSetup`). */
  schema?: string | undefined;
}

/** Seen by PostgreSQL beside each connection. */
export const applicationName = 'texas-backup';

const connectTimeoutMs = 10_000;

/**
 * Does work on one connection of its own and closes it. When the signal aborts, the connection is
 * torn and its queries reject at once, also where the network says nothing any more. The signal that
 * the work gets aborts then, and when the connection is lost, though nobody asks it anything.
 */
export async function withConnection<T>(
  databaseUrl: string,
  signal: AbortSignal,
  work: (connection: Connection, signal: AbortSignal) => Promise<T>,
  { schema }: ConnectionOptions = {},
): Promise<T> {
  signal.throwIfAborted();
  const socket = new Socket();
  const connection = {
    connectionString: withEncodedPercents(databaseUrl),
    application_name: applicationName,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
  };
  const setUp = makeSessionSetup({
    connection,
    statementTimeoutMs: 0,
    idleInTransactionTimeoutMs: 0,
    schema,
  });
  const client = new pg.Client({ ...connection, stream: () => socket });
  const tear = () => socket.destroy();
  const losing = new AbortController();
  client.on('error', (error) => losing.abort(error));
  signal.addEventListener('abort', tear, { once: true });
  try {
    await client.connect();
    await setUp(client);
    const result = await work(client, AbortSignal.any([signal, losing.signal]));
    losing.signal.throwIfAborted();
    await client.end();
    return result;
  } catch (failure) {
    throw losing.signal.aborted ? losing.signal.reason : failure;
  } finally {
    signal.removeEventListener('abort', tear);
    tear();
  }
}

/** The schema that this connection works in; null where its `search_path` leads to none. */
export async function schemaOf(connection: Connection): Promise<string | null> {
  const { rows } = await connection.query<{ schema: string | null }>(
    'SELECT pg_catalog.current_schema()::text AS schema',
  );
  return rows[0]?.schema ?? null;
}

/** A name as SQL may hold it. */
export function quoted(name: string): string {
  return pg.escapeIdentifier(name);
}

/** The SQLSTATE of a connection to a database that does not exist. */
export const noSuchDatabase = '3D000';

/** The SQLSTATE of a failure that PostgreSQL told, or the system's code (`ECONNREFUSED`). */
export function codeOf(failure: unknown): string | undefined {
  if (typeof failure !== 'object' || failure === null || !('code' in failure)) return undefined;
  return typeof failure.code === 'string' ? failure.code : undefined;
}
