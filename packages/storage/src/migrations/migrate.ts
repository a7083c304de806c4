import { explain, type Logger, TexasError } from '@texas-ai/kernel';
import { advisoryLocks } from '@texas-ai/postgres';
import type { Database } from '../database/database.js';
import { storageFailure } from '../database/storage-failure.js';
import { migrationSource } from './index.js';

const options = {
  migrationSource,
  tableName: 'migrations',
  // A release that is put back finds the migrations of the one after it, which it works with.
  disableMigrationsListValidation: true,
};

/**
 * Brings the database up to date; answers the names of what was applied. Safe from several
 * processes: one migrates under an advisory lock, which ends with its connection, the others wait.
 */
export async function migrate(database: Database): Promise<string[]> {
  try {
    return await database.transaction(async (guard) => {
      await guard.raw('SET LOCAL statement_timeout = 0');
      await guard.raw('SET LOCAL idle_in_transaction_session_timeout = 0');
      await guard.raw('SELECT pg_advisory_xact_lock(?)', [advisoryLocks.migrate]);
      // knex's own lock survives a killed process; whoever holds the advisory lock may clear it.
      await database.migrate.forceFreeMigrationsLock(options);
      const [, applied] = (await database.migrate.latest(options)) as [number, string[]];
      return applied;
    });
  } catch (error) {
    throw storageFailure(error);
  }
}

/** Names of all migrations that this program knows. */
export function knownMigrations(): Promise<string[]> {
  return migrationSource.getMigrations([]);
}

/** Names of the migrations that this program knows and the database lacks. */
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

/**
 * Resolves once the database is up to date, asking every second and saying so when it waits.
 * Rejects with `aborted` when the signal says so, and with `config_invalid` where waiting is no use.
 */
export async function waitForMigrations(
  database: Database,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  let said = false;
  for (;;) {
    const reason = await reasonToWait(database);
    if (reason === null) return;
    if (!said) logger.warn('waiting for the database', { reason });
    said = true;
    await pause(1000, signal);
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

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new TexasError('aborted', 'Stopped while waiting for the database.'));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
