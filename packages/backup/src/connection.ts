import { Socket } from 'node:net';
import pg from 'pg';

/** A connection that answers queries and nothing else. */
export type Connection = Pick<pg.Client, 'query'>;

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
): Promise<T> {
  signal.throwIfAborted();
  const socket = new Socket();
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: applicationName,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    stream: () => socket,
  });
  const tear = () => socket.destroy();
  const losing = new AbortController();
  client.on('error', (error) => losing.abort(error));
  signal.addEventListener('abort', tear, { once: true });
  try {
    await client.connect();
    for (const name of ['statement_timeout', 'lock_timeout', ...idleTimeouts]) {
      await client.query(`SELECT set_config($1, '0', false)`, [name]);
    }
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

const idleTimeouts = ['idle_in_transaction_session_timeout', 'idle_session_timeout'];

/** A name as SQL may hold it. */
export function quoted(name: string): string {
  return pg.escapeIdentifier(name);
}

/** The SQLSTATE of a failure that PostgreSQL told, or the system's code (`ECONNREFUSED`). */
export function codeOf(failure: unknown): string | undefined {
  if (typeof failure !== 'object' || failure === null || !('code' in failure)) return undefined;
  return typeof failure.code === 'string' ? failure.code : undefined;
}
