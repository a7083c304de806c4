import { setTimeout } from 'node:timers/promises';
import { quoteIdentifier } from '@texas-ai/postgres';
import type { Connection } from '../database/connection.js';
import { withMaintenanceConnection } from '../database/temporary-database.js';

export interface SwapOptions {
  databaseUrl: string;
  live: string;
  restored: string;
  /** The new name of the live database. */
  before: string;
  signal: AbortSignal;
}

const terminateEveryMs = 50;

/**
 * Gives the restored database the name of the live one, in one transaction: either both are renamed or neither is, even
 * if this process dies. A rename blocks new sessions and waits 5 s for existing ones, which a second connection
 * terminates.
 */
export async function swapDatabases(swap: SwapOptions, renamer: Connection): Promise<void> {
  const { databaseUrl, live, restored, before, signal } = swap;
  await withMaintenanceConnection(databaseUrl, signal, async (terminator) => {
    await renamer.query('BEGIN');
    try {
      await whileTerminatingSessions(terminator, live, rename(renamer, live, before));
      await whileTerminatingSessions(terminator, restored, rename(renamer, restored, live));
      await renamer.query('COMMIT');
    } catch (failure) {
      await renamer.query('ROLLBACK').catch(() => undefined);
      throw failure;
    }
  });
}

async function rename(renamer: Connection, from: string, to: string): Promise<void> {
  await renamer.query(`ALTER DATABASE ${quoteIdentifier(from)} RENAME TO ${quoteIdentifier(to)}`);
}

/** Terminates the sessions of a database repeatedly until the work is done. */
async function whileTerminatingSessions(
  terminator: Connection,
  name: string,
  work: Promise<void>,
): Promise<void> {
  let done = false;
  const ended = work.finally(() => {
    done = true;
  });
  // Awaited below, but terminating sessions may fail first, which would leave this rejection unhandled.
  ended.catch(() => undefined);
  while (!done) {
    await terminateSessions(terminator, name);
    await Promise.race([ended, setTimeout(terminateEveryMs)]);
  }
  await ended;
}

async function terminateSessions(terminator: Connection, name: string): Promise<void> {
  await terminator.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = $1 AND backend_type IN ('client backend', 'walsender')`,
    [name],
  );
}
