import { quoted, schemaOf, withConnection } from './connection.js';
import { databaseNameOf } from './connection-environment.js';
import type { Contents } from './contents.js';
import { restoreAndCompare } from './restore-and-compare.js';
import type { RestoreBackupOptions, Restored } from './restore-backup.js';
import { dropObjects, objectsIn, without } from './schema-objects.js';
import { dropDatabase, withMaintenance } from './temporary-database.js';

/** Restores into a database that holds nothing, and holds nothing again, or is gone again, on failure. */
export async function restoreIntoEmpty(
  options: RestoreBackupOptions,
  contents: Contents,
  state: 'missing' | 'empty',
): Promise<Restored> {
  const { databaseUrl, signal } = options;
  const database = databaseNameOf(databaseUrl);
  const created = state === 'missing';
  if (created) {
    await withMaintenance(databaseUrl, signal, (maintenance) =>
      maintenance.query(`CREATE DATABASE ${quoted(database)} TEMPLATE template0`),
    );
  }
  const [schema, before] = await withConnection(databaseUrl, signal, async (connection) => {
    const schema = (await schemaOf(connection)) ?? contents.schema;
    return [schema, await objectsIn(connection, schema)];
  });
  try {
    const holdings = await restoreAndCompare(options, contents, { databaseUrl, schema });
    return {
      ...{ how: 'filled', database, created, keptAs: null, notOurs: [], notCarried: [] },
      ...holdings,
    };
  } catch (failure) {
    const cleanUp = AbortSignal.timeout(60_000);
    if (created) {
      await withMaintenance(databaseUrl, cleanUp, (connection) =>
        dropDatabase(connection, database),
      );
    } else {
      await withConnection(databaseUrl, cleanUp, async (connection) =>
        dropObjects(connection, without(await objectsIn(connection, schema), before)),
      );
    }
    throw failure;
  }
}
