import { type Connection, quoted, schemaOf, withConnection } from './connection.js';
import { databaseNameOf } from './connection-environment.js';
import type { Contents } from './contents.js';
import { restoreAndCompare } from './restore-and-compare.js';
import type { RestoreBackupOptions, Restored } from './restore-backup.js';
import { dropObjects, hasSchema, objectsIn, type SchemaObject, without } from './schema-objects.js';
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
    // A dump of another schema is restored there first.
    return [schema, await contentsOf(connection, new Set([schema, contents.schema]))];
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
      await withConnection(databaseUrl, cleanUp, (connection) => dropAdded(connection, before));
    }
    throw failure;
  }
}

interface SchemaContents {
  schema: string;
  exists: boolean;
  objects: SchemaObject[];
}

async function contentsOf(
  connection: Connection,
  schemas: Iterable<string>,
): Promise<SchemaContents[]> {
  const found: SchemaContents[] = [];
  for (const schema of schemas) {
    const exists = await hasSchema(connection, schema);
    found.push({ schema, exists, objects: await objectsIn(connection, schema) });
  }
  return found;
}

/** Drops what the schemas hold by now and did not hold before, all of it or nothing. */
async function dropAdded(connection: Connection, before: readonly SchemaContents[]): Promise<void> {
  await connection.query('BEGIN');
  for (const { schema, exists, objects } of before) {
    if (exists) {
      await dropObjects(connection, without(await objectsIn(connection, schema), objects));
    } else {
      await connection.query(`DROP SCHEMA IF EXISTS ${quoted(schema)} CASCADE`);
    }
  }
  await connection.query('COMMIT');
}
