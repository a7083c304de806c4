import { type Clock, type Logger, TexasError } from '@texas-ai/kernel';
import type { Archive } from './archive.js';
import { checkBackup, checkContents, migrationsIn } from './check-backup.js';
import { codeOf, noSuchDatabase, withConnection } from './connection.js';
import { databaseNameOf } from './connection-environment.js';
import { explained } from './failures.js';
import type { TableFingerprint } from './fingerprint.js';
import { withinLimits } from './limits.js';
import type { Manifest } from './manifest.js';
import { replaceDatabase } from './replace-database.js';
import { restoreIntoEmpty } from './restore-into-empty.js';

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
  /**
   * Done when the new database is whole and the old one still in use; a failure keeps the old one. In both
   * the tables are in `schema`, to which `search_path` may not lead in the new one yet.
   */
  beforeSwap(liveUrl: string, restoredUrl: string, schema: string): Promise<void>;
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
  /** Other objects of the replaced database, for which it was kept: `extension pg_stat_statements`. */
  notOurs: string[];
  /** Statements that would configure the new database like the old one, and that the role may not run. */
  notCarried: string[];
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
  const contents = await checkContents(options, signal, manifest?.leftOut);
  assertKnown(manifest?.migrations ?? (await migrationsIn(options, signal)), knownMigrations);
  const target = await stateOf(databaseUrl, signal);
  if (target !== 'filled') return restoreIntoEmpty(options, contents, target);
  if (live) return replaceDatabase(options, contents);
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
        `SELECT FROM pg_class WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))
           AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND NOT EXISTS (
             SELECT FROM pg_depend
             WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e')
         LIMIT 1`,
      );
      return rows.length > 0 ? 'filled' : 'empty';
    });
  } catch (failure) {
    if (codeOf(failure) === noSuchDatabase) return 'missing';
    throw failure;
  }
}
