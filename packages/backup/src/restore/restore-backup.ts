import { TexasError } from '@texas-ai/kernel';
import { withTimeout } from '../abortable.js';
import { errorCode, noSuchDatabase, withConnection } from '../database/connection.js';
import { databaseNameOf } from '../database/libpq-environment.js';
import { checkContents, checkFile, readMigrations } from '../dump/check-dump.js';
import { asBackupFailure } from '../failures.js';
import type { RestoreBackupOptions, Restored } from './options.js';
import { replaceDatabase } from './replace-database.js';
import { restoreIntoEmpty } from './restore-into-empty.js';

/**
 * Restores a backup into a database, or replaces a live database with it, which any failure leaves unchanged. Rejects
 * with `backup_invalid`, `backup_newer_format`, `backup_wrong_key`, `backup_newer_schema`, `restore_target_not_empty`,
 * or with `restore_failed` if the backup is not at fault.
 */
export async function restoreBackup(options: RestoreBackupOptions): Promise<Restored> {
  const what = { code: 'restore_failed', what: 'The restore' } as const;
  try {
    return await withTimeout(options, what, async (signal) => restore({ ...options, signal }));
  } catch (failure) {
    throw asBackupFailure(failure, 'restore_failed');
  }
}

async function restore(options: RestoreBackupOptions): Promise<Restored> {
  const { file, manifest, databaseUrl, knownMigrations, live, onProgress, signal } = options;
  onProgress?.('checking');
  if (manifest) await checkFile({ file, manifest, signal });
  const contents = await checkContents(options, signal, manifest?.leftOut);
  assertKnown(manifest?.migrations ?? (await readMigrations(options, signal)), knownMigrations);
  const target = await stateOf(databaseUrl, signal);
  if (target !== 'filled') return restoreIntoEmpty(options, contents, target);
  if (live) return replaceDatabase(options, contents);
  throw new TexasError(
    'restore_target_not_empty',
    `The database ${databaseNameOf(databaseUrl)} is not empty: restore into an empty one, or replace it with --live.`,
  );
}

function assertKnown(migrations: readonly string[], known: readonly string[]): void {
  const newer = migrations.filter((name) => !known.includes(name));
  if (newer.length === 0) return;
  throw new TexasError(
    'backup_newer_schema',
    `The backup was made by a newer version of Texas AI: it contains the migration ${newer.join(', ')}.`,
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
    if (errorCode(failure) === noSuchDatabase) return 'missing';
    throw failure;
  }
}
