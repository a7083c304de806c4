import { type Connection, quoted } from './connection.js';

/** An object of a schema that is not a part of another object, as SQL names it. */
export interface SchemaObject {
  /** `table`, `view`, `type`, `function` and such. */
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

/** Returns the first objects without the second. */
export function without(
  objects: readonly SchemaObject[],
  others: readonly SchemaObject[],
): SchemaObject[] {
  const key = ({ type, identity }: SchemaObject) => `${type} ${identity}`;
  const keys = new Set(others.map(key));
  return objects.filter((object) => !keys.has(key(object)));
}

export async function moveObjects(
  connection: Connection,
  objects: readonly SchemaObject[],
  schema: string,
): Promise<void> {
  for (const { type, identity } of objects) {
    await connection.query(`ALTER ${type} ${identity} SET SCHEMA ${quoted(schema)}`);
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

/** Creates the schema if it does not exist; returns whether it did. */
export async function makeSchema(connection: Connection, schema: string): Promise<boolean> {
  // IF NOT EXISTS would need the privilege to create one even if it exists.
  if (await hasSchema(connection, schema)) return false;
  await connection.query(`CREATE SCHEMA ${quoted(schema)}`);
  return true;
}
