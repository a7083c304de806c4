import { type Clock, type Logger, TexasError } from '@texas-ai/kernel';
import type { Archive } from './archive.js';
import { checkBackup, checkContents, migrationsIn } from './check-backup.js';
import { codeOf, quoted, withConnection } from './connection.js';
import { databaseNameOf, withDatabase } from './connection-environment.js';
import { explained } from './failures.js';
import { assertHoldings, emptyDatabase, fillDatabase, holdingsOf } from './fill-database.js';
import type { TableFingerprint } from './fingerprint.js';
import { withinLimits } from './limits.js';
import type { Manifest } from './manifest.js';
import { swapDatabases } from './swap-database.js';
import {
  dropDatabase,
  lock,
  longestPrefix,
  withEnding,
  withMaintenance,
  withTemporaryDatabase,
} from './temporary-database.js';

export interface RestoreBackupOptions extends Archive {
  /** Null takes the file's word for it: nothing is compared. */
  manifest: Manifest | null;
  /** The database that is to hold the backup. */
  databaseUrl: string;
  /** Whether a database that holds something may be replaced while it is in use. */
  live: boolean;
  /** Whether the replaced database is kept, under the name that is answered; false by default. */
  keepOld?: boolean;
  /** Names of all migrations that this program knows. */
  knownMigrations: readonly string[];
  /** Done when the new database is whole and the old one still in use; a failure keeps the old one. */
  beforeSwap(liveUrl: string, restoredUrl: string): Promise<void>;
  /** Milliseconds for all of it. */
  timeoutMs: number;
  onProgress?: (step: RestoreStep) => void;
  signal: AbortSignal;
  logger: Logger;
  clock: Clock;
}

export type RestoreStep = 'checking' | 'restoring' | 'comparing' | 'preparing' | 'swapping';

export interface Restored {
  /** `filled`: an empty or new database; `swapped`: a live one was replaced. */
  how: 'filled' | 'swapped';
  database: string;
  /** Whether the database did not exist before. */
  created: boolean;
  /** The replaced database's name, where it is still there. */
  keptAs: string | null;
  /** Migrations that the backup holds; the caller runs what is missing where it was `filled`. */
  migrations: string[];
  tables: TableFingerprint[];
}

/**
 * Puts a backup in a database's place. Whatever fails before the swap leaves a live database as it
 * was. Rejects with `backup_invalid`, `backup_newer_format`, `backup_wrong_key`,
 * `backup_newer_schema`, `restore_target_not_empty`, or `restore_failed` for all that is not the
 * backup's fault.
 */
export async function restoreBackup(options: RestoreBackupOptions): Promise<Restored> {
  const what = { code: 'restore_failed', what: 'The restore' } as const;
  try {
    return await withinLimits(options, what, async (signal) => restore({ ...options, signal }));
  } catch (failure) {
    throw explained(failure, 'restore_failed');
  }
}

async function restore(options: RestoreBackupOptions): Promise<Restored> {
  const { file, manifest, databaseUrl, knownMigrations, live, onProgress, signal } = options;
  onProgress?.('checking');
  if (manifest) await checkBackup({ file, manifest, signal });
  await checkContents(options, signal);
  assertKnown(manifest?.migrations ?? (await migrationsIn(options, signal)), knownMigrations);
  const target = await stateOf(databaseUrl, signal);
  if (target !== 'filled') return fill(options, target);
  if (live) return replace(options);
  throw new TexasError(
    'restore_target_not_empty',
    `The database ${databaseNameOf(databaseUrl)} holds tables: restore into an empty one, or replace it with --live.`,
  );
}

function assertKnown(migrations: readonly string[], known: readonly string[]): void {
  const newer = migrations.filter((name) => !known.includes(name));
  if (newer.length === 0) return;
  throw new TexasError(
    'backup_newer_schema',
    `The backup was made by a newer version of Texas AI: it has the migration ${newer.join(', ')}.`,
    { details: { migrations: newer } },
  );
}

async function stateOf(
  databaseUrl: string,
  signal: AbortSignal,
): Promise<'missing' | 'empty' | 'filled'> {
  try {
    return await withConnection(databaseUrl, signal, async (connection) => {
      const { rows } = await connection.query(
        `SELECT FROM pg_class WHERE relnamespace = to_regnamespace('public')
           AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S') LIMIT 1`,
      );
      return rows.length > 0 ? 'filled' : 'empty';
    });
  } catch (failure) {
    const noSuchDatabase = '3D000';
    if (codeOf(failure) === noSuchDatabase) return 'missing';
    throw failure;
  }
}

/** Restores into a database that holds nothing, and holds nothing again, or is gone again, on failure. */
async function fill(options: RestoreBackupOptions, state: 'missing' | 'empty'): Promise<Restored> {
  const { databaseUrl, signal } = options;
  const database = databaseNameOf(databaseUrl);
  const created = state === 'missing';
  if (created) {
    await withMaintenance(databaseUrl, signal, (maintenance) =>
      maintenance.query(`CREATE DATABASE ${quoted(database)} TEMPLATE template0`),
    );
  }
  try {
    const holdings = await restoreAndCompare(options, databaseUrl);
    return { how: 'filled', database, created, keptAs: null, ...holdings };
  } catch (failure) {
    const cleanUp = AbortSignal.timeout(60_000);
    if (created) {
      await withMaintenance(databaseUrl, cleanUp, (connection) =>
        dropDatabase(connection, database),
      );
    } else {
      await emptyDatabase(databaseUrl, cleanUp);
    }
    throw failure;
  }
}

/** Restores into a new database beside the live one, and swaps them. */
async function replace(options: RestoreBackupOptions): Promise<Restored> {
  const { databaseUrl, keepOld = false, beforeSwap, onProgress, signal, logger, clock } = options;
  const database = databaseNameOf(databaseUrl);
  const time = clock.now().toString({ smallestUnit: 'second' }).replace(/\D/g, '');
  const before = withEnding(database, `_before_${time}`);
  const prefix = withEnding(database, '_restore_', longestPrefix);
  const temporary = { databaseUrl, prefix, signal, logger };
  return withTemporaryDatabase(temporary, async (name, maintenance) => {
    if (!(await lock(maintenance, database))) {
      throw new TexasError('restore_failed', `Another restore of ${database} is under way.`);
    }
    const restoredUrl = withDatabase(databaseUrl, name);
    const holdings = await restoreAndCompare(options, restoredUrl);
    onProgress?.('preparing');
    await beforeSwap(databaseUrl, restoredUrl);
    // Without it PostgreSQL would plan its first queries blindly.
    await withConnection(restoredUrl, signal, (connection) => connection.query('ANALYZE'));
    onProgress?.('swapping');
    await swapDatabases(
      { databaseUrl, live: database, restored: name, before, signal },
      maintenance,
    );
    const keptAs = keepOld || !(await dropOld(options, before)) ? before : null;
    return { how: 'swapped', database, created: false, keptAs, ...holdings };
  });
}

/** The new database is in use by now: that the old one stays is no failure of the restore. */
async function dropOld(options: RestoreBackupOptions, before: string): Promise<boolean> {
  try {
    await withMaintenance(options.databaseUrl, AbortSignal.timeout(60_000), (connection) =>
      dropDatabase(connection, before),
    );
    return true;
  } catch (error) {
    options.logger.warn('the replaced database is left', { database: before, error });
    return false;
  }
}

async function restoreAndCompare(
  { manifest, onProgress, signal, ...archive }: RestoreBackupOptions,
  databaseUrl: string,
): Promise<Pick<Restored, 'migrations' | 'tables'>> {
  onProgress?.('restoring');
  await fillDatabase(archive, databaseUrl, signal);
  onProgress?.('comparing');
  const holdings = await holdingsOf(databaseUrl, signal);
  if (manifest) assertHoldings(manifest, holdings.tables);
  return holdings;
}
