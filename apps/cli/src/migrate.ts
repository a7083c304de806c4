import { makeOwner, TexasError } from '@texas-ai/kernel';
import { migrate, openDatabase, schemaOf } from '@texas-ai/storage';
import type { CliDeps } from './deps.js';

/** A large table is not changed in the time that other statements have. */
export const migrationSeconds = 3600;

/** Brings the database up to date and says what it did. Throws `config_invalid`, `storage_unavailable`. */
export async function migrateDatabase({ config, logger, output }: CliDeps): Promise<number> {
  const { url } = config.database;
  if (url === null) {
    throw new TexasError('config_invalid', 'Set DATABASE_URL to the database to bring up to date.');
  }
  const owner = makeOwner();
  try {
    const database = owner.own(
      openDatabase({
        ...config.database,
        url,
        statementTimeoutSeconds: migrationSeconds,
        applicationName: 'texas-migrate',
        logger,
      }),
      (each) => each.destroy(),
    );
    const applied = await migrate(database);
    output.result(
      applied.length === 0
        ? 'The database is up to date.'
        : `Applied ${applied.length}: ${applied.join(', ')}.`,
    );
    output.progress(`The tables are in the schema ${await schemaOf(database)}.`);
    return 0;
  } finally {
    await owner.closeAll();
  }
}
