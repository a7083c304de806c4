import { TexasError } from '@texas-ai/kernel';
import { carryOver } from './carry-over.js';
import { type Connection, schemaOf, withConnection } from './connection.js';
import { databaseNameOf, withDatabase } from './connection-environment.js';
import type { Contents } from './contents.js';
import { findNotOurs } from './not-ours.js';
import { restoreAndCompare } from './restore-and-compare.js';
import type { RestoreBackupOptions, Restored } from './restore-backup.js';
import { swapDatabases } from './swap-database.js';
import {
  dropDatabase,
  lock,
  longestPrefix,
  withEnding,
  withMaintenance,
  withTemporaryDatabase,
} from './temporary-database.js';

/** Restores into a new database beside the live one, configures it alike, and swaps them. */
export async function replaceDatabase(
  options: RestoreBackupOptions,
  contents: Contents,
): Promise<Restored> {
  const { databaseUrl, keepOld = false, beforeSwap, onProgress, signal, logger, clock } = options;
  const database = databaseNameOf(databaseUrl);
  const time = clock.now().toString({ smallestUnit: 'second' }).replace(/\D/g, '');
  const before = withEnding(database, `_before_${time}`);
  const prefix = withEnding(database, '_restore_', longestPrefix);
  const temporary = { databaseUrl, prefix, signal, logger };
  const [schema, notOurs] = await withConnection(databaseUrl, signal, async (connection) => {
    await assertMayReplace(connection);
    const schema = (await schemaOf(connection)) ?? contents.schema;
    return [schema, (await findNotOurs(connection)).map(({ description }) => description)];
  });
  return withTemporaryDatabase(temporary, async (name, maintenance) => {
    if (!(await lock(maintenance, database))) {
      throw new TexasError('restore_failed', `Another restore of ${database} is under way.`);
    }
    const restoredUrl = withDatabase(databaseUrl, name);
    const target = { databaseUrl: restoredUrl, schema };
    const holdings = await restoreAndCompare(options, contents, target);
    onProgress?.('preparing');
    await beforeSwap(databaseUrl, restoredUrl, schema);
    // Without it PostgreSQL would plan its first queries blindly.
    await withConnection(restoredUrl, signal, (connection) => connection.query('ANALYZE'));
    const notCarried = await carryOver({ from: databaseUrl, to: restoredUrl, schema, signal });
    onProgress?.('swapping');
    await swapDatabases(
      { databaseUrl, live: database, restored: name, before, signal },
      maintenance,
    );
    // What is not ours is in no backup and would be lost with the old database.
    const kept = keepOld || notOurs.length > 0 || !(await dropOld(options, before));
    const keptAs = kept ? before : null;
    return {
      ...{ how: 'swapped', database, created: false, keptAs, notOurs, notCarried },
      ...holdings,
    };
  });
}

/** Only the owner of a database may rename it: checked before hours of restoring. */
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
