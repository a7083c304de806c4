import { TexasError } from '@texas-ai/kernel';
import { schemaOf } from '@texas-ai/postgres';
import { migrate } from '@texas-ai/storage';
import { migrationTimeoutSeconds, usingDatabase } from './database.js';
import type { CliDeps } from './deps.js';

/** Migrates the configured database and prints what was applied. Throws `config_invalid`, `storage_unavailable`. */
export async function migrateDatabase(deps: CliDeps): Promise<number> {
  const { config, output } = deps;
  const { url } = config.database;
  if (url === null) {
    throw new TexasError('config_invalid', 'Set DATABASE_URL to the database to migrate.');
  }
  const options = {
    url,
    applicationName: 'texas-migrate',
    statementTimeoutSeconds: migrationTimeoutSeconds,
  };
  return usingDatabase(deps, options, async (database) => {
    const applied = await migrate(database);
    output.result(
      applied.length === 0
        ? 'The database is up to date.'
        : `Applied ${applied.length}: ${applied.join(', ')}.`,
    );
    output.progress(`The tables are in the schema ${await schemaOf(database)}.`);
    return 0;
  });
}
