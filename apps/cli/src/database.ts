import { delimiter } from 'node:path';
import { makeOwner, TexasError } from '@texas-ai/kernel';
import { downloadedClientFolders, runningDatabaseUrl } from '@texas-ai/local-services';
import { type Database, openDatabase, pendingMigrations } from '@texas-ai/storage';
import type { CliDeps } from './deps.js';

export type DatabaseDeps = Pick<CliDeps, 'config' | 'logger'>;

/** Migrating a large table takes longer than other statements may. */
export const migrationTimeoutSeconds = 3600;

/** The configured database, or the private one of a running `npm start`. Throws `local_service_failed`. */
export function databaseUrl({ config }: Pick<CliDeps, 'config'>): string {
  const url = config.database.url ?? runningDatabaseUrl(config.home);
  if (url !== null) return url;
  throw new TexasError(
    'local_service_failed',
    'No database is running: run npm start in another terminal, or set DATABASE_URL.',
  );
}

export interface DatabaseOptions {
  url: string;
  schema?: string;
  applicationName: string;
  statementTimeoutSeconds?: number;
}

/** Opens a database for `work` and closes it. */
export async function usingDatabase<T>(
  { config, logger }: DatabaseDeps,
  options: DatabaseOptions,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const owner = makeOwner();
  try {
    const database = openDatabase({ ...config.database, ...options, logger });
    return await work(owner.own(database, (each) => each.destroy()));
  } finally {
    await owner.closeAll();
  }
}

/** Opens the database of `databaseUrl`. Throws `storage_unavailable` if it lacks migrations. */
export async function withDatabase<T>(
  deps: DatabaseDeps,
  applicationName: string,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  return usingDatabase(deps, { url: databaseUrl(deps), applicationName }, async (database) => {
    await assertUpToDate(database, deps.config.database.url === null);
    return await work(database);
  });
}

async function assertUpToDate(database: Database, isPrivate: boolean): Promise<void> {
  const pending = await pendingMigrations(database);
  if (pending.length === 0) return;
  const remedy = isPrivate
    ? 'Stop npm start and run it again to apply them.'
    : 'Run: npm run texas -- migrate';
  throw new TexasError(
    'storage_unavailable',
    `The database lacks the migrations ${pending.join(', ')}. ${remedy}`,
  );
}

/** PATH, followed by the folders of the PostgreSQL client that `npm start` downloaded. */
export function pathWithClient(home: string, path: string | undefined): string {
  return [path ?? '', ...downloadedClientFolders(home)].filter(Boolean).join(delimiter);
}
