import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TexasError } from '@texas-ai/kernel';
import { quoteIdentifier } from '@texas-ai/postgres';
import { withConnection } from '../database/connection.js';
import { appliedMigrations, differingTables, fingerprintTables } from '../database/fingerprint.js';
import { requiredExtension } from '../database/foreign-objects.js';
import { databaseNameOf, libpqEnvironment } from '../database/libpq-environment.js';
import { createSchema, moveObjects, objectsAdded, objectsIn } from '../database/schema-objects.js';
import { type Archive, runPgRestore } from '../dump/archive.js';
import type { Contents } from '../dump/contents.js';
import { programFailure } from '../failures.js';
import type { Manifest, TableFingerprint } from '../files/manifest.js';
import type { RestoreBackupOptions, Restored } from './options.js';

/** The database and schema to load a dump into. */
export interface LoadTarget {
  databaseUrl: string;
  schema: string;
}

/**
 * Loads the selected contents of a dump into a schema without tables, all of it or nothing. The schema may have had
 * another name in the dumped database.
 */
export async function loadDump(
  archive: Archive,
  contents: Contents,
  { databaseUrl, schema }: LoadTarget,
  signal: AbortSignal,
): Promise<void> {
  const from = contents.schema;
  await withConnection(databaseUrl, signal, async (connection) => {
    await createSchema(connection, schema);
    const created = await createSchema(connection, from);
    await connection.query(
      `CREATE EXTENSION IF NOT EXISTS ${requiredExtension} WITH SCHEMA ${quoteIdentifier(schema)}`,
    );
    const before = await objectsIn(connection, from);
    await runRestore(archive, contents, databaseUrl, signal);
    if (from === schema) return;
    await connection.query('BEGIN');
    await moveObjects(connection, await objectsAdded(connection, from, before), schema);
    if (created) await connection.query(`DROP SCHEMA ${quoteIdentifier(from)}`);
    await connection.query('COMMIT');
  });
}

async function runRestore(
  archive: Archive,
  { entries }: Contents,
  databaseUrl: string,
  signal: AbortSignal,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'texas-restore-'));
  try {
    const list = join(folder, 'list');
    await writeFile(list, `${entries.join('\n')}\n`);
    // The environment has the connection parameters, but pg_restore connects only if it gets --dbname.
    const name = databaseNameOf(databaseUrl).replace(/['\\]/g, '\\$&');
    const args = [
      '--exit-on-error',
      '--single-transaction',
      '--no-owner',
      '--no-privileges',
      '--no-tablespaces',
      '--no-password',
      `--dbname=dbname='${name}'`,
      `--use-list=${list}`,
    ];
    const env = libpqEnvironment(databaseUrl);
    const ending = await runPgRestore(archive, { args, env, signal });
    if (ending.ok) return;
    throw programFailure('restore_failed', 'pg_restore failed.', ending, databaseUrl);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Fingerprints the tables of a schema, by default the one with our tables, in one snapshot. */
export async function fingerprintDatabase(
  databaseUrl: string,
  signal: AbortSignal,
  schema?: string,
): Promise<{ migrations: string[]; tables: TableFingerprint[] }> {
  return withConnection(
    databaseUrl,
    signal,
    async (connection) => {
      await connection.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const migrations = await appliedMigrations(connection);
      return { migrations, tables: await fingerprintTables(connection) };
    },
    { schema },
  );
}

/**
 * Throws `backup_invalid` with the names of tables that differ from the manifest, or if the manifest lists no tables,
 * since there would be nothing to compare.
 */
export function assertMatchesManifest(
  manifest: Pick<Manifest, 'file' | 'tables'>,
  tables: readonly TableFingerprint[],
): void {
  if (manifest.tables.length === 0) {
    throw new TexasError(
      'backup_invalid',
      `The manifest of ${manifest.file} lists no tables, so the backup cannot be verified. Make another one.`,
    );
  }
  const differing = differingTables(manifest.tables, tables);
  if (differing.length === 0) return;
  throw new TexasError(
    'backup_invalid',
    `${manifest.file} does not restore to what was backed up. Tables that differ: ${differing.join(', ')}.`,
    { details: { tables: differing } },
  );
}

/** Loads the dump and compares the tables with the manifest, if there is one. */
export async function loadAndCompare(
  { manifest, onProgress, signal, ...archive }: RestoreBackupOptions,
  contents: Contents,
  target: LoadTarget,
): Promise<Pick<Restored, 'migrations' | 'tables'>> {
  onProgress?.('restoring');
  await loadDump(archive, contents, target, signal);
  onProgress?.('comparing');
  const found = await fingerprintDatabase(target.databaseUrl, signal, target.schema);
  if (manifest) assertMatchesManifest(manifest, found.tables);
  return found;
}
