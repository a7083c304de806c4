import { setTimeout } from 'node:timers/promises';
import { type Connection, quoted } from './connection.js';
import { withMaintenance } from './temporary-database.js';

export interface Swap {
  databaseUrl: string;
  live: string;
  restored: string;
  /** The name that the live database gets. */
  before: string;
  signal: AbortSignal;
}

const terminateEveryMs = 50;

/**
 * Gives the restored database the live one's name, in one transaction: both are renamed or neither,
 * also when this process dies. Renaming keeps new sessions out while those that are there are ended
 * from a second connection; PostgreSQL waits 5 s for them to go and refuses then.
 */
export async function swapDatabases(swap: Swap, renamer: Connection): Promise<void> {
  const { databaseUrl, live, restored, before, signal } = swap;
  await withMaintenance(databaseUrl, signal, async (ender) => {
    await renamer.query('BEGIN');
    try {
      await whileEnding(ender, live, rename(renamer, live, before));
      await whileEnding(ender, restored, rename(renamer, restored, live));
      await renamer.query('COMMIT');
    } catch (failure) {
      await renamer.query('ROLLBACK').catch(() => undefined);
      throw failure;
    }
  });
}

async function rename(renamer: Connection, from: string, to: string): Promise<void> {
  await renamer.query(`ALTER DATABASE ${quoted(from)} RENAME TO ${quoted(to)}`);
}

/** Ends the sessions of a database until the work on it is done. */
async function whileEnding(ender: Connection, name: string, work: Promise<void>): Promise<void> {
  let done = false;
  const ended = work.finally(() => {
    done = true;
  });
  // It is awaited below, also where ending the sessions fails.
  ended.catch(() => undefined);
  while (!done) {
    await endSessions(ender, name);
    await Promise.race([ended, setTimeout(terminateEveryMs)]);
  }
  await ended;
}

async function endSessions(ender: Connection, name: string): Promise<void> {
  await ender.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = $1 AND backend_type IN ('client backend', 'walsender')`,
    [name],
  );
}
