import { makeOwner, TexasError } from '@texas-ai/kernel';
import { runningDatabaseUrl } from '@texas-ai/local-services';
import { type Database, openDatabase, pendingMigrations } from '@texas-ai/storage';
import type { CliDeps } from './deps.js';

export type DatabaseDeps = Pick<CliDeps, 'config' | 'logger'>;

/** The database that is configured, else the private one of a running `npm start`. Throws `local_service_failed`. */
export function databaseUrl({ config }: Pick<CliDeps, 'config'>): string {
  const url = config.database.url ?? runningDatabaseUrl(config.home);
  if (url !== null) return url;
  throw new TexasError(
    'local_service_failed',
    'No database is running here: run npm start in another terminal, or set DATABASE_URL.',
  );
}

/** Works with that database, which is up to date, and closes it. Throws `storage_unavailable`. */
export async function withDatabase<T>(
  { config, logger }: DatabaseDeps,
  applicationName: string,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const url = databaseUrl({ config });
  const owner = makeOwner();
  try {
    const database = owner.own(
      openDatabase({ ...config.database, url, applicationName, logger }),
      (each) => each.destroy(),
    );
    await assertUpToDate(database, config.database.url === null);
    return await work(database);
  } finally {
    await owner.closeAll();
  }
}

async function assertUpToDate(database: Database, isPrivate: boolean): Promise<void> {
  const pending = await pendingMigrations(database);
  if (pending.length === 0) return;
  const remedy = isPrivate
    ? 'Stop npm start and run it again, which brings it up to date.'
    : 'Run: npm run texas -- migrate';
  throw new TexasError(
    'storage_unavailable',
    `The database lacks the migrations ${pending.join(', ')}. ${remedy}`,
  );
}
