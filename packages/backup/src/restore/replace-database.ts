import { TexasError } from '@texas-ai/kernel';
import { schemaOf } from '@texas-ai/postgres';
import { type Connection, withConnection } from '../database/connection.js';
import { findForeignObjects } from '../database/foreign-objects.js';
import { databaseNameOf, withDatabase } from '../database/libpq-environment.js';
import {
  dropDatabase,
  maxPrefixBytes,
  tryLockName,
  withMaintenanceConnection,
  withSuffix,
  withTemporaryDatabase,
} from '../database/temporary-database.js';
import type { Contents } from '../dump/contents.js';
import { copyConfiguration } from './copy-configuration.js';
import { loadAndCompare } from './load-dump.js';
import type { RestoreBackupOptions, Restored } from './options.js';
import { swapDatabases } from './swap-databases.js';

/** Restores into a new database, configures it like the live one, and swaps the two. */
export async function replaceDatabase(
  options: RestoreBackupOptions,
  contents: Contents,
): Promise<Restored> {
  const { databaseUrl, keepOld = false, beforeSwap, onProgress, signal, logger, clock } = options;
  const database = databaseNameOf(databaseUrl);
  const time = clock.now().toString({ smallestUnit: 'second' }).replace(/\D/g, '');
  const before = withSuffix(database, `_before_${time}`);
  const prefix = withSuffix(database, '_restore_', maxPrefixBytes);
  const temporary = { databaseUrl, prefix, signal, logger };
  const [schema, foreignObjects] = await withConnection(databaseUrl, signal, async (connection) => {
    await assertMayReplace(connection);
    const schema = (await schemaOf(connection)) ?? contents.schema;
    return [schema, (await findForeignObjects(connection)).map(({ description }) => description)];
  });
  return withTemporaryDatabase(temporary, async (name, maintenance) => {
    if (!(await tryLockName(maintenance, database))) {
      throw new TexasError('restore_failed', `Another restore of ${database} is in progress.`);
    }
    const restoredUrl = withDatabase(databaseUrl, name);
    const target = { databaseUrl: restoredUrl, schema };
    const found = await loadAndCompare(options, contents, target);
    onProgress?.('preparing');
    await beforeSwap(databaseUrl, restoredUrl, schema);
    // Otherwise PostgreSQL would plan the first queries without statistics.
    await withConnection(restoredUrl, signal, (connection) => connection.query('ANALYZE'));
    const notApplied = await copyConfiguration({
      from: databaseUrl,
      to: restoredUrl,
      schema,
      signal,
    });
    onProgress?.('swapping');
    await swapDatabases(
      { databaseUrl, live: database, restored: name, before, signal },
      maintenance,
    );
    // Foreign objects are not in the backup and would be lost with the old database.
    const kept = keepOld || foreignObjects.length > 0 || !(await dropOld(options, before));
    const keptAs = kept ? before : null;
    return {
      ...{ how: 'swapped', database, created: false, keptAs, foreignObjects, notApplied },
      ...found,
    };
  });
}

/** Only the owner of a database may rename it; checked first, since restoring may take hours. */
async function assertMayReplace(connection: Connection): Promise<void> {
  const { rows } = await connection.query<{ owner: string; role: string; may: boolean }>(
    `SELECT pg_get_userbyid(datdba)::text AS owner, current_user::text AS role,
       pg_has_role(datdba, 'USAGE') AS may
     FROM pg_database WHERE datname = current_database()`,
  );
  const [{ owner, role, may } = { owner: '', role: '', may: false }] = rows;
  if (may) return;
  throw new TexasError(
    'restore_failed',
    `The role ${role} may not replace the database, which belongs to ${owner}: restore as ${owner} or as a superuser, or have a superuser run ALTER DATABASE … OWNER TO ${role}.`,
  );
}

/** Returns whether it was dropped. The new database is already in use, so a failure does not fail the restore. */
async function dropOld(options: RestoreBackupOptions, before: string): Promise<boolean> {
  try {
    await withMaintenanceConnection(
      options.databaseUrl,
      AbortSignal.timeout(60_000),
      (connection) => dropDatabase(connection, before),
    );
    return true;
  } catch (error) {
    options.logger.warn('replaced database not dropped', { database: before, error });
    return false;
  }
}
