import { quoteIdentifier, schemaOf } from '@texas-ai/postgres';
import { type Connection, withConnection } from '../database/connection.js';
import { databaseNameOf } from '../database/libpq-environment.js';
import {
  dropObjects,
  hasSchema,
  objectsAdded,
  objectsIn,
  type SchemaObject,
} from '../database/schema-objects.js';
import { dropDatabase, withMaintenanceConnection } from '../database/temporary-database.js';
import type { Contents } from '../dump/contents.js';
import { loadAndCompare } from './load-dump.js';
import type { RestoreBackupOptions, Restored } from './options.js';

/** Restores into an empty or missing database. A failure leaves it empty or missing again. */
export async function restoreIntoEmpty(
  options: RestoreBackupOptions,
  contents: Contents,
  state: 'missing' | 'empty',
): Promise<Restored> {
  const { databaseUrl, signal } = options;
  const database = databaseNameOf(databaseUrl);
  const created = state === 'missing';
  if (created) {
    await withMaintenanceConnection(databaseUrl, signal, (maintenance) =>
      maintenance.query(`CREATE DATABASE ${quoteIdentifier(database)} TEMPLATE template0`),
    );
  }
  const [schema, before] = await withConnection(databaseUrl, signal, async (connection) => {
    const schema = (await schemaOf(connection)) ?? contents.schema;
    // The dump is loaded into its original schema first.
    return [schema, await contentsOf(connection, new Set([schema, contents.schema]))];
  });
  try {
    const found = await loadAndCompare(options, contents, { databaseUrl, schema });
    return {
      ...{ how: 'filled', database, created, keptAs: null, foreignObjects: [], notApplied: [] },
      ...found,
    };
  } catch (failure) {
    const cleanUpSignal = AbortSignal.timeout(60_000);
    if (created) {
      await withMaintenanceConnection(databaseUrl, cleanUpSignal, (connection) =>
        dropDatabase(connection, database),
      );
    } else {
      await withConnection(databaseUrl, cleanUpSignal, (connection) =>
        dropAdded(connection, before),
      );
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

/** Drops the objects that were added to the schemas, all of them or none. */
async function dropAdded(connection: Connection, before: readonly SchemaContents[]): Promise<void> {
  await connection.query('BEGIN');
  for (const { schema, exists, objects } of before) {
    if (exists) {
      await dropObjects(connection, await objectsAdded(connection, schema, objects));
    } else {
      await connection.query(`DROP SCHEMA IF EXISTS ${quoteIdentifier(schema)} CASCADE`);
    }
  }
  await connection.query('COMMIT');
}
