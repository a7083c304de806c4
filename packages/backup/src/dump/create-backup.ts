import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, type Logger, type Program, startProgram, TexasError } from '@texas-ai/kernel';
import type { PgClient } from '@texas-ai/postgres';
import { quoteIdentifier, schemaOf } from '@texas-ai/postgres';
import { allOrAbort, withTimeout } from '../abortable.js';
import { type Connection, withConnection } from '../database/connection.js';
import { appliedMigrations, fingerprintTables } from '../database/fingerprint.js';
import {
  assertOwnTablesIncluded,
  type ForeignObject,
  findForeignObjects,
  hasRequiredExtension,
  requiredExtension,
} from '../database/foreign-objects.js';
import { libpqEnvironment } from '../database/libpq-environment.js';
import { asBackupFailure, programFailure } from '../failures.js';
import { renameDurably, writeDurably } from '../files/durable-files.js';
import type { BackupKind, Manifest } from '../files/manifest.js';
import { backupName, manifestFileOf, removeLeftovers } from '../files/names.js';
import { writeDump } from './write-dump.js';

export interface CreateBackupOptions {
  databaseUrl: string;
  /** Where the dump and its manifest are written; created if missing. */
  folder: string;
  id: string;
  kind: BackupKind;
  client: PgClient;
  /** An age recipient (`age1…`), if the dump is to be encrypted. */
  recipient?: string | undefined;
  /** Milliseconds for the whole backup. */
  timeoutMs: number;
  /** Bytes of the folder's disk that must stay free; 0 by default. */
  reserve?: number;
  /** Receives the number of bytes written so far. */
  onProgress?: (bytes: number) => void;
  signal: AbortSignal;
  logger: Logger;
  clock: Clock;
}

export interface CreatedBackup {
  manifest: Manifest;
  file: string;
  manifestFile: string;
}

/**
 * Dumps the database into the folder, with a manifest that fingerprints every table in the same snapshot. Only one
 * backup may run per folder, because it removes the partial files of others. Rejects with `backup_failed` (also on
 * timeout, abort and full disks), or with `backup_client_missing` if the server is newer than pg_dump. Leaves no files
 * on failure.
 */
export async function createBackup(options: CreateBackupOptions): Promise<CreatedBackup> {
  const { folder, clock, id, recipient, logger } = options;
  const createdAt = clock.now();
  const dumpName = `${backupName(createdAt, id)}.dump${recipient === undefined ? '' : '.age'}`;
  const file = join(folder, dumpName);
  const temporary = `${file}.tmp`;
  const manifestFile = manifestFileOf(file);
  try {
    return await withTimeout(
      options,
      { code: 'backup_failed', what: 'The backup' },
      async (signal) => {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const left = await removeLeftovers(folder);
        if (left.length > 0) logger.warn('partial files of a failed backup removed', { left });
        const dumped = await withConnection(options.databaseUrl, signal, (connection, signal) =>
          dumpSnapshot(connection, { ...options, file: temporary, signal }),
        );
        const manifest: Manifest = {
          version: 1,
          application: 'texas-ai',
          id,
          kind: options.kind,
          file: dumpName,
          encrypted: recipient !== undefined,
          createdAt: createdAt.toString(),
          dumpVersion: options.client.version,
          ...dumped,
        };
        // The dump gets its name last: a manifest without a dump is ignored, but a dump without a manifest would
        // never be removed.
        await writeDurably(manifestFile, `${JSON.stringify(manifest, null, 2)}\n`);
        await renameDurably(temporary, file);
        return { manifest, file, manifestFile };
      },
    );
  } catch (failure) {
    for (const leftover of [temporary, file, manifestFile]) await rm(leftover, { force: true });
    throw asBackupFailure(failure, 'backup_failed', folder);
  }
}

type DumpOptions = CreateBackupOptions & { file: string };

type Dumped = Pick<
  Manifest,
  'size' | 'sha256' | 'serverVersion' | 'migrations' | 'tables' | 'leftOut'
>;

/** Dumps and fingerprints one snapshot of the database concurrently. */
async function dumpSnapshot(connection: Connection, options: DumpOptions): Promise<Dumped> {
  const serverVersion = await supportedServerVersion(connection, options.client);
  await connection.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  const exported = await connection.query<{ snapshot: string }>(
    'SELECT pg_export_snapshot() AS snapshot',
  );
  const snapshot = exported.rows[0]?.snapshot ?? '';
  const schema = await schemaOf(connection);
  if (schema === null) throw nothingToBackUp('no schema');
  const foreign = await findForeignObjects(connection);
  await assertOwnTablesIncluded(connection, foreign);
  const selection = [
    `--schema=${quoteIdentifier(schema)}`,
    // Allows restoring the tables with just pg_restore.
    ...((await hasRequiredExtension(connection)) ? [`--extension=${requiredExtension}`] : []),
    ...foreign.flatMap(({ relation }) => (relation ? [`--exclude-table=${relation}`] : [])),
  ];
  const [written, contents] = await allOrAbort<[Written, SnapshotContents]>(
    options.signal,
    (signal) => [
      runDump({ ...options, signal }, [`--snapshot=${snapshot}`, ...selection]),
      readContents(connection, foreign),
    ],
  );
  await connection.query('COMMIT');
  if (contents.tables.length === 0)
    throw nothingToBackUp(`the schema ${schema}, which has no tables`);
  return { serverVersion, ...written, ...contents };
}

function nothingToBackUp(where: string): TexasError {
  return new TexasError(
    'backup_failed',
    `There is nothing to back up: the search_path of the database role leads to ${where}. Point it at the tables of Texas AI (ALTER ROLE … SET search_path), or run migrate.`,
  );
}

interface Written {
  size: number;
  sha256: string;
}

type SnapshotContents = Pick<Dumped, 'migrations' | 'tables' | 'leftOut'>;

async function readContents(
  connection: Connection,
  foreign: readonly ForeignObject[],
): Promise<SnapshotContents> {
  const migrations = await appliedMigrations(connection);
  const leftOut = foreign.map(({ relation: _, ...each }) => each);
  // OIDs are unique only within one catalog.
  const oids = foreign.flatMap(({ relation, objectId }) => (relation ? [objectId] : []));
  return { migrations, tables: await fingerprintTables(connection, oids), leftOut };
}

async function supportedServerVersion(connection: Connection, client: PgClient): Promise<string> {
  const { rows } = await connection.query<{ server_version: string }>('SHOW server_version');
  const version = rows[0]?.server_version ?? '';
  const major = Number.parseInt(version, 10);
  if (client.major >= major) return version;
  throw new TexasError(
    'backup_client_missing',
    `pg_dump ${client.version} cannot dump PostgreSQL ${major}: install the package postgresql-client-${major}.`,
    { details: { major, found: [client.version] } },
  );
}

/** Runs pg_dump into the file, while pg_restore checks that its output can be listed. */
async function runDump(options: DumpOptions, selection: readonly string[]): Promise<Written> {
  const { client, databaseUrl, file, recipient, reserve = 0, onProgress } = options;
  const [written] = await allOrAbort<[Written, unknown]>(options.signal, (signal) => {
    const dump = startProgram({
      command: client.pgDump,
      args: ['--format=custom', ...selection, '--no-owner', '--no-privileges', '--no-password'],
      env: { ...client.env, ...libpqEnvironment(databaseUrl) },
      signal,
    });
    dump.stdin.on('error', () => undefined).end();
    const list = startProgram({
      command: client.pgRestore,
      args: ['--list'],
      env: client.env,
      signal,
    });
    list.stdout.resume();
    return [
      writeDump(dump.stdout, { file, recipient, reserve, listing: list.stdin, onProgress, signal }),
      assertSucceeded(dump, 'pg_dump failed.', databaseUrl).then(() =>
        assertSucceeded(list, 'The output of pg_dump cannot be listed.', databaseUrl),
      ),
    ];
  });
  return written;
}

async function assertSucceeded(
  program: Program,
  sentence: string,
  databaseUrl: string,
): Promise<void> {
  const ending = await program.ended;
  if (!ending.ok) throw programFailure('backup_failed', sentence, ending, databaseUrl);
}
