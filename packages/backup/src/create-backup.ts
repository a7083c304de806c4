import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, type Logger, type Program, startProgram, TexasError } from '@texas-ai/kernel';
import type { PgClient } from '@texas-ai/postgres';
import { type Connection, quoted, schemaOf, withConnection } from './connection.js';
import { connectionEnvironment } from './connection-environment.js';
import { explained, programFailed } from './failures.js';
import { renameDurably, writeWhole } from './files.js';
import { appliedMigrations, fingerprintTables } from './fingerprint.js';
import { together, withinLimits } from './limits.js';
import type { BackupKind, Manifest } from './manifest.js';
import { backupName, manifestFileOf, removeLeftovers } from './names.js';
import {
  assertOursIncluded,
  findNotOurs,
  hasOurExtension,
  type NotOurs,
  ourExtension,
} from './not-ours.js';
import { writeDump } from './write-dump.js';

export interface CreateBackupOptions {
  databaseUrl: string;
  /** Where the dump and its manifest go; made where there is none. */
  folder: string;
  id: string;
  kind: BackupKind;
  client: PgClient;
  /** An age recipient (`age1…`), where the dump is to be encrypted. */
  recipient?: string | undefined;
  /** Milliseconds for all of it. */
  timeoutMs: number;
  /** Bytes of the folder's disk that stay free for others; 0 by default. */
  reserve?: number;
  /** Told the bytes written so far. */
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
 * Dumps the database into the folder, with a manifest of what every table held at that very moment.
 * Only one may run on a folder: it removes what another left half written. Rejects with
 * `backup_failed` (also after the time, by the signal, on a full disk) or `backup_client_missing`
 * where the server is newer than the client, and leaves no file then.
 */
export async function createBackup(options: CreateBackupOptions): Promise<CreatedBackup> {
  const { folder, clock, id, recipient, logger } = options;
  const createdAt = clock.now();
  const dumpName = `${backupName(createdAt, id)}.dump${recipient === undefined ? '' : '.age'}`;
  const file = join(folder, dumpName);
  const temporary = `${file}.tmp`;
  const manifestFile = manifestFileOf(file);
  try {
    return await withinLimits(
      options,
      { code: 'backup_failed', what: 'The backup' },
      async (signal) => {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const left = await removeLeftovers(folder);
        if (left.length > 0) logger.warn('removed what a backup left half written', { left });
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
        // The dump's name comes last: a manifest without its dump counts for nothing, while a dump
        // without its manifest would stay for ever.
        await writeWhole(manifestFile, `${JSON.stringify(manifest, null, 2)}\n`);
        await renameDurably(temporary, file);
        return { manifest, file, manifestFile };
      },
    );
  } catch (failure) {
    for (const leftover of [temporary, file, manifestFile]) await rm(leftover, { force: true });
    throw explained(failure, 'backup_failed', folder);
  }
}

type DumpOptions = CreateBackupOptions & { file: string };

type Dumped = Pick<
  Manifest,
  'size' | 'sha256' | 'serverVersion' | 'migrations' | 'tables' | 'leftOut'
>;

/** Dumps and fingerprints one snapshot of the database, both at once. */
async function dumpSnapshot(connection: Connection, options: DumpOptions): Promise<Dumped> {
  const serverVersion = await checkedServerVersion(connection, options.client);
  await connection.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  const exported = await connection.query<{ snapshot: string }>(
    'SELECT pg_export_snapshot() AS snapshot',
  );
  const snapshot = exported.rows[0]?.snapshot ?? '';
  const schema = await schemaOf(connection);
  if (schema === null) throw nothingIn('no schema');
  const notOurs = await findNotOurs(connection);
  await assertOursIncluded(connection, notOurs);
  const extent = [
    `--schema=${quoted(schema)}`,
    // So that pg_restore alone can bring the tables back as well.
    ...((await hasOurExtension(connection)) ? [`--extension=${ourExtension}`] : []),
    ...notOurs.flatMap(({ relation }) => (relation ? [`--exclude-table=${relation}`] : [])),
  ];
  const [written, held] = await together<[Written, Held]>(options.signal, (signal) => [
    runDump({ ...options, signal }, [`--snapshot=${snapshot}`, ...extent]),
    heldBy(connection, notOurs),
  ]);
  await connection.query('COMMIT');
  if (held.tables.length === 0) throw nothingIn(`the schema ${schema}, which has no tables`);
  return { serverVersion, ...written, ...held };
}

function nothingIn(where: string): TexasError {
  return new TexasError(
    'backup_failed',
    `There is nothing to back up: the search_path of the database role leads to ${where}. Point it at the tables of Texas AI (ALTER ROLE … SET search_path), or run migrate.`,
  );
}

interface Written {
  size: number;
  sha256: string;
}

type Held = Pick<Dumped, 'migrations' | 'tables' | 'leftOut'>;

async function heldBy(connection: Connection, notOurs: readonly NotOurs[]): Promise<Held> {
  const migrations = await appliedMigrations(connection);
  const leftOut = notOurs.map(({ relation: _, ...each }) => each);
  // An OID is unique in its catalog only.
  const oids = notOurs.flatMap(({ relation, objectId }) => (relation ? [objectId] : []));
  return { migrations, tables: await fingerprintTables(connection, oids), leftOut };
}

async function checkedServerVersion(connection: Connection, client: PgClient): Promise<string> {
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

/** Runs pg_dump into the file, while pg_restore lists what it writes. */
async function runDump(options: DumpOptions, extent: readonly string[]): Promise<Written> {
  const { client, databaseUrl, file, recipient, reserve = 0, onProgress } = options;
  const [written] = await together<[Written, unknown]>(options.signal, (signal) => {
    const dump = startProgram({
      command: client.pgDump,
      args: ['--format=custom', ...extent, '--no-owner', '--no-privileges', '--no-password'],
      env: { ...client.env, ...connectionEnvironment(databaseUrl) },
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
    const look = list.stdin;
    return [
      writeDump(dump.stdout, { file, recipient, reserve, look, onProgress, signal }),
      endWell(dump, 'pg_dump did not come to its end.', databaseUrl).then(() =>
        endWell(list, 'What pg_dump wrote cannot be listed.', databaseUrl),
      ),
    ];
  });
  return written;
}

async function endWell(program: Program, sentence: string, databaseUrl: string): Promise<void> {
  const ending = await program.ended;
  if (!ending.ok) throw programFailed('backup_failed', sentence, ending, databaseUrl);
}
