import { findPgClient, type PgClient } from '@texas-ai/postgres';
import { type Connection, errorCode, noSuchDatabase, withConnection } from './connection.js';
import { withMaintenanceConnection } from './temporary-database.js';

/**
 * Finds pg_dump and pg_restore for the server's version, even if the database does not exist. Rejects with
 * `backup_client_missing` or what connecting throws.
 */
export async function findClientForServer(
  { databaseUrl, clientFolders }: { databaseUrl: string; clientFolders: readonly string[] },
  signal: AbortSignal,
): Promise<PgClient> {
  const majorOf = async (connection: Connection) => {
    const { rows } = await connection.query<{ version: string }>(
      `SELECT current_setting('server_version_num') AS version`,
    );
    return Math.floor(Number(rows[0]?.version) / 10_000);
  };
  const major = await withConnection(databaseUrl, signal, majorOf).catch((failure) => {
    if (errorCode(failure) !== noSuchDatabase) throw failure;
    return withMaintenanceConnection(databaseUrl, signal, majorOf);
  });
  return findPgClient({ major, folders: clientFolders });
}
