import { type Connection, quoted, schemaOf } from './connection.js';

/** What a table holds, in a form that can be compared. */
export interface TableFingerprint {
  name: string;
  rows: number;
  /** Sum over the rows of a 64-bit hash of each: the same in whatever order they are read. */
  checksum: string;
}

/**
 * Types, and arrays of them, whose values PostgreSQL itself hashes alike in every database; it is
 * four times as fast as hashing what a row looks like as text. Not among them: those without a hash
 * (json), and those whose hash is of an OID that a restore changes (enums, regclass).
 */
const hashedAlike = [
  ...['bool', 'int2', 'int4', 'int8', 'float4', 'float8', 'numeric', 'uuid', 'bytea'],
  ...['text', 'varchar', 'bpchar', 'jsonb', 'date', 'time', 'timestamp', 'timestamptz', 'interval'],
].flatMap((name) => [name, `_${name}`]);

/** What decides how PostgreSQL writes a value as text, which is what the other checksums are of. */
const settings: Readonly<Record<string, string>> = {
  TimeZone: 'UTC',
  DateStyle: 'ISO, YMD',
  IntervalStyle: 'postgres',
  extra_float_digits: '1',
  bytea_output: 'hex',
  lc_monetary: 'C',
  xmloption: 'content',
  row_security: 'off',
  // A name in a value (regclass and such) is written with its schema.
  search_path: 'pg_catalog',
};

/**
 * Rows and checksum of every base table of the connection's schema, by name, but for those with these
 * OIDs. It must run in a transaction, whose settings it changes; with REPEATABLE READ all tables are seen
 * as of one moment.
 */
export async function fingerprintTables(
  connection: Connection,
  leftOut: readonly number[] = [],
): Promise<TableFingerprint[]> {
  const schema = (await schemaOf(connection)) ?? '';
  for (const [name, value] of Object.entries(settings)) {
    await connection.query('SELECT set_config($1, $2, true)', [name, value]);
  }
  const fingerprints: TableFingerprint[] = [];
  for (const { name, alike } of await baseTables(connection, schema, leftOut)) {
    // The collation keeps the hash of a text the same whatever the database's own is.
    const hash = alike ? 'hash_record_extended(t, 0)' : 'hashtextextended(t::text COLLATE "C", 0)';
    // ONLY: rows of a table that inherits are counted there.
    const { rows } = await connection.query<{ rows: string; checksum: string }>(
      `SELECT count(*)::text AS rows, coalesce(sum(${hash}), 0)::text AS checksum
       FROM ONLY ${quoted(schema)}.${quoted(name)} AS t`,
    );
    const [row] = rows;
    if (row) fingerprints.push({ name, rows: Number(row.rows), checksum: row.checksum });
  }
  return fingerprints;
}

interface BaseTable {
  name: string;
  /** Whether all its columns are `hashedAlike`. */
  alike: boolean;
}

/** Base tables of a schema, without those that an extension made: they are not dumped. */
async function baseTables(
  connection: Connection,
  schema: string,
  leftOut: readonly number[],
): Promise<BaseTable[]> {
  const { rows } = await connection.query<BaseTable>(
    `SELECT relname::text AS name, NOT EXISTS (
       SELECT FROM pg_catalog.pg_attribute JOIN pg_catalog.pg_type ON pg_type.oid = atttypid
       WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
         AND NOT (typnamespace = 'pg_catalog'::regnamespace AND typname = ANY ($1))) AS alike
     FROM pg_catalog.pg_class
     WHERE relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = $2)
       AND relkind = 'r' AND oid <> ALL ($3::oid[]) AND NOT EXISTS (
       SELECT FROM pg_catalog.pg_depend
       WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e')
     ORDER BY relname COLLATE "C"`,
    [hashedAlike, schema, leftOut],
  );
  return rows;
}

/** Names of the migrations that were applied, oldest first; none where there is no such table. */
export async function appliedMigrations(connection: Connection): Promise<string[]> {
  const table = await connection.query(`SELECT to_regclass('migrations') AS found`);
  if (table.rows[0]?.found === null) return [];
  const { rows } = await connection.query<{ name: string }>(
    'SELECT name FROM migrations ORDER BY name',
  );
  return rows.map(({ name }) => name);
}

/** Names of the tables that differ, or that only one of the two has. */
export function differingTables(
  expected: readonly TableFingerprint[],
  found: readonly TableFingerprint[],
): string[] {
  const line = ({ name, rows, checksum }: TableFingerprint) => `${name} ${rows} ${checksum}`;
  const without = (some: readonly TableFingerprint[], others: readonly TableFingerprint[]) => {
    const lines = new Set(others.map(line));
    return some.filter((table) => !lines.has(line(table))).map(({ name }) => name);
  };
  return [...new Set([...without(expected, found), ...without(found, expected)])].sort();
}
