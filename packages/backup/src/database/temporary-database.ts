import { randomBytes } from 'node:crypto';
import type { Logger } from '@texas-ai/kernel';
import { databaseNameLock, quoteIdentifier } from '@texas-ai/postgres';
import { type Connection, errorCode, noSuchDatabase, withConnection } from './connection.js';
import { databaseNameOf, withDatabase } from './libpq-environment.js';

// A temporary database is created on the same server, filled and dropped. Its user holds an advisory lock on its name,
// which is released with the connection: a temporary database without a lock was left by a dead process.

/** Milliseconds for cleaning up, even after an abort. */
const cleanUpMs = 60_000;
/** PostgreSQL truncates longer names. */
const maxNameBytes = 63;
const randomLength = 12;
export const maxPrefixBytes = maxNameBytes - randomLength;

/** Joins the two, and truncates only the beginning if the name would be too long. */
export function withSuffix(beginning: string, suffix: string, maxBytes = maxNameBytes): string {
  const characters = [...beginning];
  while (characters.length > 0 && Buffer.byteLength(characters.join('') + suffix) > maxBytes)
    characters.pop();
  return characters.join('') + suffix;
}

/** Runs `work` with a connection to a database from which others can be created, dropped and renamed. */
export async function withMaintenanceConnection<T>(
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
    if (errorCode(failure) !== noSuchDatabase) throw failure;
    return 'template1';
  }
}

export interface TemporaryDatabaseOptions {
  databaseUrl: string;
  /**
   * Prefix of the name, at most `maxPrefixBytes` bytes. Databases with this prefix that were left by dead processes
   * are dropped.
   */
  prefix: string;
  signal: AbortSignal;
  logger: Logger;
}

/**
 * Creates an empty database with the encoding, collation and tablespace of the one in the URL, runs `work` with a
 * maintenance connection, and drops the database, unless it has been renamed.
 */
export async function withTemporaryDatabase<T>(
  { databaseUrl, prefix, signal, logger }: TemporaryDatabaseOptions,
  work: (name: string, maintenance: Connection) => Promise<T>,
): Promise<T> {
  const name = `${prefix}${randomBytes(randomLength / 2).toString('hex')}`;
  let mayExist = false;
  try {
    return await withMaintenanceConnection(databaseUrl, signal, async (maintenance) => {
      await dropLeftovers(maintenance, prefix, logger);
      await tryLockName(maintenance, name);
      mayExist = true;
      await createLike(maintenance, name, databaseNameOf(databaseUrl));
      return work(name, maintenance);
    });
  } finally {
    if (mayExist) await dropWhenUnlocked(databaseUrl, name, logger);
  }
}

async function dropWhenUnlocked(databaseUrl: string, name: string, logger: Logger): Promise<void> {
  try {
    await withMaintenanceConnection(
      databaseUrl,
      AbortSignal.timeout(cleanUpMs),
      async (maintenance) => {
        // PostgreSQL may still be creating it, although the client has disconnected.
        await maintenance.query('SELECT pg_advisory_lock($1, hashtext($2))', [
          databaseNameLock,
          name,
        ]);
        await dropDatabase(maintenance, name);
      },
    );
  } catch (error) {
    // The next run drops it.
    logger.warn('temporary database not dropped', { name, error });
  }
}

export async function dropDatabase(maintenance: Connection, name: string): Promise<void> {
  await maintenance.query(`DROP DATABASE IF EXISTS ${quoteIdentifier(name)} WITH (FORCE)`);
}

/** Drops databases with this prefix whose names are not locked: their processes are dead. */
async function dropLeftovers(
  maintenance: Connection,
  prefix: string,
  logger: Logger,
): Promise<void> {
  const { rows } = await maintenance.query<{ name: string }>(
    `SELECT datname::text AS name FROM pg_database
     WHERE starts_with(datname::text, $1) AND substr(datname::text, length($1) + 1) ~ $2`,
    [prefix, `^[0-9a-f]{${randomLength}}$`],
  );
  for (const { name } of rows) {
    if (!(await tryLockName(maintenance, name))) continue;
    await dropDatabase(maintenance, name);
    await maintenance.query('SELECT pg_advisory_unlock($1, hashtext($2))', [
      databaseNameLock,
      name,
    ]);
    logger.info('leftover temporary database dropped', { name });
  }
}

/** Tries to lock a database name until the connection ends; returns whether it got the lock. */
export async function tryLockName(maintenance: Connection, name: string): Promise<boolean> {
  const { rows } = await maintenance.query<{ locked: boolean }>(
    'SELECT pg_try_advisory_lock($1, hashtext($2)) AS locked',
    [databaseNameLock, name],
  );
  return rows[0]?.locked === true;
}

/** Creates an empty database with the locale, encoding and tablespace of another one. */
async function createLike(maintenance: Connection, name: string, model: string): Promise<void> {
  const { rows } = await maintenance.query<{ options: string }>(createOptions, [model]);
  // Not template1, to which an administrator may have added objects.
  const options = ['TEMPLATE template0', rows[0]?.options ?? ''].join(' ');
  await maintenance.query(`CREATE DATABASE ${quoteIdentifier(name)} ${options}`);
}

// As JSON, because the columns for locales differ between major versions.
const createOptions = `
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
