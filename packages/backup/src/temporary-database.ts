import { randomBytes } from 'node:crypto';
import type { Logger } from '@texas-ai/kernel';
import { type Connection, codeOf, noSuchDatabase, quoted, withConnection } from './connection.js';
import { databaseNameOf, withDatabase } from './connection-environment.js';

// A temporary database is made beside another one, filled and dropped. Whoever uses one holds an
// advisory lock of its name, which ends with its connection: what nobody locks is left by the dead.

/** Milliseconds that cleaning up may take, also after the work itself was stopped. */
const cleanUpMs = 60_000;
/** What PostgreSQL keeps of a name, in bytes. */
const longestName = 63;
const randomLength = 12;
export const longestPrefix = longestName - randomLength;

/** A name with an ending, of which the beginning alone is cut where PostgreSQL would cut the end. */
export function withEnding(beginning: string, ending: string, bytes = longestName): string {
  const letters = [...beginning];
  while (letters.length > 0 && Buffer.byteLength(letters.join('') + ending) > bytes) letters.pop();
  return letters.join('') + ending;
}

/** Where databases are made, dropped and renamed: never in one of them. */
export async function withMaintenance<T>(
  databaseUrl: string,
  signal: AbortSignal,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const name = await maintenanceDatabase(databaseUrl, signal);
  return withConnection(withDatabase(databaseUrl, name), signal, work);
}

async function maintenanceDatabase(databaseUrl: string, signal: AbortSignal): Promise<string> {
  const live = databaseNameOf(databaseUrl);
  if (live === 'postgres') return 'template1';
  try {
    await withConnection(withDatabase(databaseUrl, 'postgres'), signal, async () => undefined);
    return 'postgres';
  } catch (failure) {
    if (codeOf(failure) !== noSuchDatabase) throw failure;
    return 'template1';
  }
}

export interface TemporaryDatabaseOptions {
  databaseUrl: string;
  /**
   * The name begins so, in at most `longestPrefix` bytes; others that begin so and are left by dead
   * runs are dropped.
   */
  prefix: string;
  signal: AbortSignal;
  logger: Logger;
}

/**
 * Makes an empty database with the encoding, the collation and the tablespace of the one in the URL, does
 * work with it and drops it, unless it has another name by then. `work` gets a maintenance connection.
 */
export async function withTemporaryDatabase<T>(
  { databaseUrl, prefix, signal, logger }: TemporaryDatabaseOptions,
  work: (name: string, maintenance: Connection) => Promise<T>,
): Promise<T> {
  const name = `${prefix}${randomBytes(randomLength / 2).toString('hex')}`;
  let made = false;
  try {
    return await withMaintenance(databaseUrl, signal, async (maintenance) => {
      await dropLeftovers(maintenance, prefix, logger);
      await lock(maintenance, name);
      made = true;
      await createLike(maintenance, name, databaseNameOf(databaseUrl));
      return work(name, maintenance);
    });
  } finally {
    if (made) await dropLater(databaseUrl, name, logger);
  }
}

async function dropLater(databaseUrl: string, name: string, logger: Logger): Promise<void> {
  try {
    await withMaintenance(databaseUrl, AbortSignal.timeout(cleanUpMs), async (maintenance) => {
      // PostgreSQL may still be making it, though the connection that asked for it is torn.
      await maintenance.query('SELECT pg_advisory_lock($1, hashtext($2))', [lockClass, name]);
      await dropDatabase(maintenance, name);
    });
  } catch (error) {
    // The next run drops it.
    logger.warn('a temporary database is left', { name, error });
  }
}

export async function dropDatabase(maintenance: Connection, name: string): Promise<void> {
  await maintenance.query(`DROP DATABASE IF EXISTS ${quoted(name)} WITH (FORCE)`);
}

/** Drops databases that begin so, whose runs are dead: nobody locks their names. */
async function dropLeftovers(
  maintenance: Connection,
  beginning: string,
  logger: Logger,
): Promise<void> {
  const { rows } = await maintenance.query<{ name: string }>(
    `SELECT datname::text AS name FROM pg_database
     WHERE starts_with(datname::text, $1) AND substr(datname::text, length($1) + 1) ~ $2`,
    [beginning, `^[0-9a-f]{${randomLength}}$`],
  );
  for (const { name } of rows) {
    if (!(await lock(maintenance, name))) continue;
    await dropDatabase(maintenance, name);
    await maintenance.query('SELECT pg_advisory_unlock($1, hashtext($2))', [lockClass, name]);
    logger.info('dropped a temporary database of a dead run', { name });
  }
}

/** Any number that nothing else locks with. */
const lockClass = 7_239_002;

/** Locks a name for as long as the connection lives; whether nobody else had it. */
export async function lock(maintenance: Connection, name: string): Promise<boolean> {
  const { rows } = await maintenance.query<{ locked: boolean }>(
    'SELECT pg_try_advisory_lock($1, hashtext($2)) AS locked',
    [lockClass, name],
  );
  return rows[0]?.locked === true;
}

/** Creates an empty database of this role with the locale, encoding and tablespace of another one. */
async function createLike(maintenance: Connection, name: string, model: string): Promise<void> {
  const { rows } = await maintenance.query<{ options: string }>(likeness, [model]);
  // Not template1, in which an administrator may have put anything.
  const options = ['TEMPLATE template0', rows[0]?.options ?? ''].join(' ');
  await maintenance.query(`CREATE DATABASE ${quoted(name)} ${options}`);
}

// As JSON, because the columns for locales differ between majors.
const likeness = `
  SELECT concat_ws(' ',
    format('ENCODING %L LC_COLLATE %L LC_CTYPE %L', pg_encoding_to_char(encoding), datcollate, datctype),
    CASE db ->> 'datlocprovider'
      WHEN 'i' THEN format('LOCALE_PROVIDER icu ICU_LOCALE %L', coalesce(db ->> 'datlocale', db ->> 'daticulocale'))
      WHEN 'b' THEN format('LOCALE_PROVIDER builtin BUILTIN_LOCALE %L', db ->> 'datlocale')
      WHEN 'c' THEN 'LOCALE_PROVIDER libc'
    END,
    CASE WHEN db ->> 'daticurules' <> '' THEN format('ICU_RULES %L', db ->> 'daticurules') END,
    (SELECT format('TABLESPACE %I', spcname) FROM pg_tablespace
     WHERE oid = dattablespace AND spcname <> 'pg_default' AND has_tablespace_privilege(oid, 'CREATE'))) AS options
  FROM pg_database CROSS JOIN LATERAL to_jsonb(pg_database) AS db WHERE datname = $1`;
