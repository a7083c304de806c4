import { quoteIdentifier } from '@texas-ai/postgres';
import { without } from '../without.js';
import type { Connection } from './connection.js';

/** An object of a schema that is not part of another object, as SQL names it. */
export interface SchemaObject {
  /** `table`, `view`, `type`, `function` etc. */
  type: string;
  /** With the schema, and quoted where needed. */
  identity: string;
}

/** Returns the objects of a schema, without those of extensions. */
export async function objectsIn(connection: Connection, schema: string): Promise<SchemaObject[]> {
  const { rows } = await connection.query<SchemaObject>(
    `SELECT object.type, object.identity
     FROM pg_depend CROSS JOIN LATERAL pg_identify_object(classid, objid, 0) AS object
     WHERE refclassid = 'pg_namespace'::regclass
       AND refobjid = (SELECT oid FROM pg_namespace WHERE nspname = $1)
       AND object.schema = quote_ident($1)
       AND NOT EXISTS (SELECT FROM pg_depend AS part WHERE part.classid = pg_depend.classid
         AND part.objid = pg_depend.objid AND part.deptype IN ('a', 'i', 'e'))`,
    [schema],
  );
  return rows;
}

/** Returns the objects of a schema that were not in it before. */
export async function objectsAdded(
  connection: Connection,
  schema: string,
  before: readonly SchemaObject[],
): Promise<SchemaObject[]> {
  const found = await objectsIn(connection, schema);
  return without(found, before, ({ type, identity }) => `${type} ${identity}`);
}

export async function moveObjects(
  connection: Connection,
  objects: readonly SchemaObject[],
  schema: string,
): Promise<void> {
  for (const { type, identity } of objects) {
    await connection.query(`ALTER ${type} ${identity} SET SCHEMA ${quoteIdentifier(schema)}`);
  }
}

export async function dropObjects(
  connection: Connection,
  objects: readonly SchemaObject[],
): Promise<void> {
  for (const { type, identity } of objects) {
    await connection.query(`DROP ${type} IF EXISTS ${identity} CASCADE`);
  }
}

export async function hasSchema(connection: Connection, schema: string): Promise<boolean> {
  const { rows } = await connection.query('SELECT FROM pg_namespace WHERE nspname = $1', [schema]);
  return rows.length > 0;
}

/** Creates the schema unless it exists; returns whether it was created. */
export async function createSchema(connection: Connection, schema: string): Promise<boolean> {
  // IF NOT EXISTS would require the privilege to create schemas even if it exists.
  if (await hasSchema(connection, schema)) return false;
  await connection.query(`CREATE SCHEMA ${quoteIdentifier(schema)}`);
  return true;
}
