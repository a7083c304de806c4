import { quoteIdentifier, schemaOf } from '@texas-ai/postgres';
import type { TableFingerprint } from '../files/manifest.js';
import { without } from '../without.js';
import type { Connection } from './connection.js';

/**
 * Types, with their arrays, whose hash is the same in every database. PostgreSQL hashes such rows four times as fast
 * as their text. Excluded are types without a hash (json) and types whose hash depends on an OID that a restore
 * changes (enums, regclass).
 */
const portablyHashed = [
  ...['bool', 'int2', 'int4', 'int8', 'float4', 'float8', 'numeric', 'uuid', 'bytea'],
  ...['text', 'varchar', 'bpchar', 'jsonb', 'date', 'time', 'timestamp', 'timestamptz', 'interval'],
].flatMap((name) => [name, `_${name}`]);

/** Settings that affect how PostgreSQL formats values as text, which is hashed for all other types. */
const settings: Readonly<Record<string, string>> = {
  TimeZone: 'UTC',
  DateStyle: 'ISO, YMD',
  IntervalStyle: 'postgres',
  extra_float_digits: '1',
  bytea_output: 'hex',
  lc_monetary: 'C',
  xmloption: 'content',
  row_security: 'off',
  // Names in values (regclass etc.) are written with their schema.
  search_path: 'pg_catalog',
};

/**
 * Returns rows and checksum of every base table in the connection's schema, sorted by name, except those with the
 * excluded OIDs. Must run in a transaction, whose settings it changes; with REPEATABLE READ all tables are read from
 * one snapshot.
 */
export async function fingerprintTables(
  connection: Connection,
  excluded: readonly number[] = [],
): Promise<TableFingerprint[]> {
  const schema = (await schemaOf(connection)) ?? '';
  for (const [name, value] of Object.entries(settings)) {
    await connection.query('SELECT set_config($1, $2, true)', [name, value]);
  }
  const fingerprints: TableFingerprint[] = [];
  for (const { name, portable } of await baseTables(connection, schema, excluded)) {
    // With the collation C the hash of a text does not depend on the database's collation.
    const hash = portable
      ? 'hash_record_extended(t, 0)'
      : 'hashtextextended(t::text COLLATE "C", 0)';
    // ONLY: rows of an inheriting table are counted with that table.
    const { rows } = await connection.query<{ rows: string; checksum: string }>(
      `SELECT count(*)::text AS rows, coalesce(sum(${hash}), 0)::text AS checksum
       FROM ONLY ${quoteIdentifier(schema)}.${quoteIdentifier(name)} AS t`,
    );
    const [row] = rows;
    if (row) fingerprints.push({ name, rows: Number(row.rows), checksum: row.checksum });
  }
  return fingerprints;
}

interface BaseTable {
  name: string;
  /** Whether all its columns are `portablyHashed`. */
  portable: boolean;
}

/** Returns the base tables of a schema, except those of extensions, which are not dumped. */
async function baseTables(
  connection: Connection,
  schema: string,
  excluded: readonly number[],
): Promise<BaseTable[]> {
  const { rows } = await connection.query<BaseTable>(
    `SELECT relname::text AS name, NOT EXISTS (
       SELECT FROM pg_catalog.pg_attribute JOIN pg_catalog.pg_type ON pg_type.oid = atttypid
       WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
         AND NOT (typnamespace = 'pg_catalog'::regnamespace AND typname = ANY ($1))) AS portable
     FROM pg_catalog.pg_class
     WHERE relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = $2)
       AND relkind = 'r' AND oid <> ALL ($3::oid[]) AND NOT EXISTS (
       SELECT FROM pg_catalog.pg_depend
       WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e')
     ORDER BY relname COLLATE "C"`,
    [portablyHashed, schema, excluded],
  );
  return rows;
}

/** Returns the names of the applied migrations, oldest first; none if the table is missing. */
export async function appliedMigrations(connection: Connection): Promise<string[]> {
  const table = await connection.query(`SELECT to_regclass('migrations') AS found`);
  if (table.rows[0]?.found === null) return [];
  const { rows } = await connection.query<{ name: string }>(
    'SELECT name FROM migrations ORDER BY name',
  );
  return rows.map(({ name }) => name);
}

/** Returns the names of tables that differ or are missing on one side. */
export function differingTables(
  expected: readonly TableFingerprint[],
  found: readonly TableFingerprint[],
): string[] {
  const line = ({ name, rows, checksum }: TableFingerprint) => `${name} ${rows} ${checksum}`;
  const differing = [...without(expected, found, line), ...without(found, expected, line)];
  return [...new Set(differing.map(({ name }) => name))].sort();
}
