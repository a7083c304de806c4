import { Socket } from 'node:net';
import { TexasError } from '@texas-ai/kernel';
import pg from 'pg';

/** Default timeout of the second connection: a pooler in session mode may have no free one. */
const defaultLimitMs = 10_000;

/** Returns the id of the server process that currently runs this connection's statements. */
export async function backendPid(client: Pick<pg.Client, 'query'>): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_catalog.pg_backend_pid() AS pid');
  return Number(rows[0]?.pid);
}

/**
 * Rejects with `config_invalid` if the pooler is in transaction or statement mode: then several processes serve one
 * connection, or one process serves two, and settings, session locks and exported snapshots would be lost or would
 * affect other clients.
 */
export async function assertSessionPooling(
  client: pg.Client,
  connection: pg.ClientConfig,
): Promise<void> {
  const first = await backendPid(client);
  const second = await backendPid(client);
  const other = await otherBackendPid(connection);
  if (first === second && second !== other) return;
  throw new TexasError(
    'config_invalid',
    'The address of the database leads to a connection pooler in transaction or statement mode, which Texas AI cannot work with: set it to session mode (PgBouncer: pool_mode = session), or connect to PostgreSQL directly.',
  );
}

/** Returns undefined if the second connection fails, which proves nothing. */
async function otherBackendPid(connection: pg.ClientConfig): Promise<number | undefined> {
  const limitMs = connection.connectionTimeoutMillis ?? defaultLimitMs;
  const socket = new Socket();
  const client = new pg.Client({
    ...connection,
    stream: () => socket,
    connectionTimeoutMillis: limitMs,
    query_timeout: limitMs,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await backendPid(client);
  } catch {
    return undefined;
  } finally {
    socket.destroy();
  }
}
