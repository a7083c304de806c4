import { setTimeout as pause } from 'node:timers/promises';
import { explain, type Logger, TexasError } from '@texas-ai/kernel';
import { advisoryLocks } from '@texas-ai/postgres';
import type { Database } from '../database/database.js';
import { storageFailure } from '../database/storage-failure.js';
import { migrationSource } from './index.js';

const options = {
  migrationSource,
  tableName: 'migrations',
  // After a rollback, the older release finds the newer one's migrations applied, and works with them.
  disableMigrationsListValidation: true,
};

/**
 * Applies the pending migrations and returns their names. Several processes may call it at once: one
 * migrates under an advisory lock, which ends with its connection, and the others wait.
 */
export async function migrate(database: Database): Promise<string[]> {
  try {
    return await database.transaction(async (transaction) => {
      await transaction.raw('SET LOCAL statement_timeout = 0');
      await transaction.raw('SET LOCAL idle_in_transaction_session_timeout = 0');
      await transaction.raw('SELECT pg_advisory_xact_lock(?)', [advisoryLocks.migrate]);
      // The lock of knex survives a killed process; holding the advisory lock makes it safe to clear.
      await database.migrate.forceFreeMigrationsLock(options);
      const [, applied] = (await database.migrate.latest(options)) as [number, string[]];
      return applied;
    });
  } catch (error) {
    throw storageFailure(error);
  }
}

/** The names of all migrations of this release. */
export function knownMigrations(): Promise<string[]> {
  return migrationSource.getMigrations([]);
}

/** The names of the migrations of this release that the database lacks. */
export async function pendingMigrations(database: Database): Promise<string[]> {
  try {
    const known = await knownMigrations();
    const table = await database.raw("SELECT to_regclass('migrations') AS found");
    if (table.rows[0]?.found === null) return known;
    const rows: { name: string }[] = await database('migrations').select('name');
    const applied = new Set(rows.map((row) => row.name));
    return known.filter((name) => !applied.has(name));
  } catch (error) {
    throw storageFailure(error);
  }
}

const pollMs = 1000;

/**
 * Resolves once the database has all migrations; checks every second, and logs once if it has to wait.
 * Rejects with `aborted` when the signal aborts, and with `config_invalid` if the wait could never end.
 */
export async function waitForMigrations(
  database: Database,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  let logged = false;
  for (;;) {
    const reason = await reasonToWait(database);
    if (reason === null) return;
    if (!logged) logger.warn('waiting for the database', { reason });
    logged = true;
    await pause(pollMs, undefined, { signal }).catch((cause) => {
      throw new TexasError('aborted', 'Stopped while waiting for the database.', { cause });
    });
  }
}

async function reasonToWait(database: Database): Promise<string | null> {
  try {
    const pending = await pendingMigrations(database);
    return pending.length === 0
      ? null
      : `it lacks the migrations ${pending.join(', ')}; run migrate`;
  } catch (error) {
    if (error instanceof TexasError && error.code === 'config_invalid') throw error;
    return explain(error);
  }
}
