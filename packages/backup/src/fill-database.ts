import { TexasError } from '@texas-ai/kernel';
import { type Archive, readArchive } from './archive.js';
import { withConnection } from './connection.js';
import { connectionEnvironment, databaseNameOf } from './connection-environment.js';
import { programFailed } from './failures.js';
import {
  appliedMigrations,
  differingTables,
  fingerprintTables,
  type TableFingerprint,
} from './fingerprint.js';
import type { Manifest } from './manifest.js';

/** Restores a dump into an empty database, all of it or nothing. */
export async function fillDatabase(
  archive: Archive,
  databaseUrl: string,
  signal: AbortSignal,
): Promise<void> {
  // The parameters of the connection come from the environment; this one it wants to be told.
  const name = databaseNameOf(databaseUrl).replace(/['\\]/g, '\\$&');
  const args = [
    '--exit-on-error',
    '--single-transaction',
    '--no-owner',
    '--no-privileges',
    '--no-tablespaces',
    '--no-password',
    `--dbname=dbname='${name}'`,
  ];
  const ending = await readArchive(archive, {
    args,
    env: connectionEnvironment(databaseUrl),
    signal,
  });
  if (ending.ok) return;
  const words = 'pg_restore did not come to its end.';
  throw programFailed('restore_failed', words, ending, databaseUrl);
}

/** Takes away what a restore put into a database that held nothing. */
export async function emptyDatabase(databaseUrl: string, signal: AbortSignal): Promise<void> {
  await withConnection(databaseUrl, signal, async (connection) => {
    await connection.query('BEGIN');
    await connection.query('DROP SCHEMA public CASCADE');
    await connection.query('CREATE SCHEMA public AUTHORIZATION pg_database_owner');
    await connection.query('GRANT USAGE ON SCHEMA public TO PUBLIC');
    await connection.query('COMMIT');
  });
}

/** What a database holds, as of one moment. */
export async function holdingsOf(
  databaseUrl: string,
  signal: AbortSignal,
): Promise<{ migrations: string[]; tables: TableFingerprint[] }> {
  return withConnection(databaseUrl, signal, async (connection) => {
    await connection.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const migrations = await appliedMigrations(connection);
    return { migrations, tables: await fingerprintTables(connection) };
  });
}

/** Throws `backup_invalid` that names the tables of which a restored database holds something else. */
export function assertHoldings(
  manifest: Pick<Manifest, 'file' | 'tables'>,
  tables: readonly TableFingerprint[],
): void {
  const differing = differingTables(manifest.tables, tables);
  if (differing.length === 0) return;
  throw new TexasError(
    'backup_invalid',
    `${manifest.file} restores to something else than was backed up: ${differing.join(', ')}.`,
    { details: { tables: differing } },
  );
}
