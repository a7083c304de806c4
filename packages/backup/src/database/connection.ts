import { Socket } from 'node:net';
import { withEncodedPercents } from '@texas-ai/kernel';
import { makeSessionSetup } from '@texas-ai/postgres';
import pg from 'pg';

/** A connection that can only be queried. */
export type Connection = Pick<pg.Client, 'query'>;

export interface ConnectionOptions {
  /** The schema to work in; by default the one that holds Texas AI's tables (`makeSessionSetup`). */
  schema?: string | undefined;
}

/** Shown by PostgreSQL for each connection. */
export const applicationName = 'texas-backup';

const connectTimeoutMs = 10_000;

/**
 * Runs `work` with a new connection and closes it. When the signal aborts, the socket is destroyed and queries reject
 * at once, even if the network hangs. The signal passed to `work` aborts then too, and when the connection is lost,
 * even while no query is running.
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
  const destroy = () => socket.destroy();
  const lost = new AbortController();
  client.on('error', (error) => lost.abort(error));
  signal.addEventListener('abort', destroy, { once: true });
  try {
    await client.connect();
    await setUp(client);
    const result = await work(client, AbortSignal.any([signal, lost.signal]));
    lost.signal.throwIfAborted();
    await client.end();
    return result;
  } catch (failure) {
    throw lost.signal.aborted ? lost.signal.reason : failure;
  } finally {
    signal.removeEventListener('abort', destroy);
    destroy();
  }
}

/** The SQLSTATE of a connection to a database that does not exist. */
export const noSuchDatabase = '3D000';

/** Returns the SQLSTATE of an error of PostgreSQL, or the code of a system error (`ECONNREFUSED`). */
export function errorCode(failure: unknown): string | undefined {
  if (typeof failure !== 'object' || failure === null || !('code' in failure)) return undefined;
  return typeof failure.code === 'string' ? failure.code : undefined;
}
