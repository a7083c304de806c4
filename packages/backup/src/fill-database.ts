import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TexasError } from '@texas-ai/kernel';
import { type Archive, readArchive } from './archive.js';
import { quoted, withConnection } from './connection.js';
import { connectionEnvironment, databaseNameOf } from './connection-environment.js';
import type { Contents } from './contents.js';
import { programFailed } from './failures.js';
import {
  appliedMigrations,
  differingTables,
  fingerprintTables,
  type TableFingerprint,
} from './fingerprint.js';
import type { Manifest } from './manifest.js';
import { ourExtension } from './not-ours.js';
import { makeSchema, moveObjects, objectsIn, without } from './schema-objects.js';

/**
 * Restores what is ours of a dump into a schema without tables, all of it or nothing. The tables may have
 * been in a schema of another name when they were dumped.
 */
export async function fillDatabase(
  archive: Archive,
  contents: Contents,
  { databaseUrl, schema }: { databaseUrl: string; schema: string },
  signal: AbortSignal,
): Promise<void> {
  const from = contents.schema;
  await withConnection(databaseUrl, signal, async (connection) => {
    await makeSchema(connection, schema);
    const made = await makeSchema(connection, from);
    await connection.query(
      `CREATE EXTENSION IF NOT EXISTS ${ourExtension} WITH SCHEMA ${quoted(schema)}`,
    );
    const before = await objectsIn(connection, from);
    await runRestore(archive, contents, databaseUrl, signal);
    if (from === schema) return;
    await connection.query('BEGIN');
    await moveObjects(connection, without(await objectsIn(connection, from), before), schema);
    if (made) await connection.query(`DROP SCHEMA ${quoted(from)}`);
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
      `--use-list=${list}`,
    ];
    const env = connectionEnvironment(databaseUrl);
    const ending = await readArchive(archive, { args, env, signal });
    if (ending.ok) return;
    const words = 'pg_restore did not come to its end.';
    throw programFailed('restore_failed', words, ending, databaseUrl);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What a database holds in a schema, by default in that of its tables, as of one moment. */
export async function holdingsOf(
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
 * Throws `backup_invalid` that names the tables that differ from the manifest, and where the manifest lists no
 * tables: a comparison of nothing proves nothing.
 */
export function assertHoldings(
  manifest: Pick<Manifest, 'file' | 'tables'>,
  tables: readonly TableFingerprint[],
): void {
  if (manifest.tables.length === 0) {
    throw new TexasError(
      'backup_invalid',
      `The manifest of ${manifest.file} lists no tables, so there is nothing to compare and the backup cannot be verified. Make another one.`,
    );
  }
  const differing = differingTables(manifest.tables, tables);
  if (differing.length === 0) return;
  throw new TexasError(
    'backup_invalid',
    `${manifest.file} restores to something else than was backed up: ${differing.join(', ')}.`,
    { details: { tables: differing } },
  );
}
