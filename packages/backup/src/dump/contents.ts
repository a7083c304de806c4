import type { ForeignObject } from '../database/foreign-objects.js';

// The table of contents of a dump has one line per entry: number, OIDs of the system catalog and of the object, kind,
// schema, name, owner; for example `222; 1259 17050 TABLE public characters texas`.

/** The part of a dump that is restored. */
export interface Contents {
  /** The schema of the tables when they were dumped. */
  schema: string;
  /** Lines of the table of contents, in order, for `pg_restore --use-list`. */
  entries: string[];
}

/** Tables that every database of Texas AI has. */
const ourTables = ['migrations', 'generations'];

/** Kinds that are not restored, although they are listed with our schema. */
const notRestored = /^(?:PUBLICATION|SUBSCRIPTION|SECURITY LABEL|ACL|DEFAULT ACL)\b/;

/**
 * Returns the entries to restore, or the tables that are missing from the dump. Entries outside of our tables' schema
 * are skipped: earlier releases dumped the whole database.
 */
export function selectContents(
  lines: readonly string[],
  excluded: readonly Pick<ForeignObject, 'classId' | 'objectId'>[],
): Contents | { missing: string[] } {
  const schemas = ourTables.map((table) => schemasWith(table, lines));
  const schema = schemas[0]?.find((name) => schemas.every((names) => names.includes(name)));
  if (schema === undefined) {
    const missing = ourTables.filter((_, index) => schemas[index]?.length === 0);
    return { missing: missing.length > 0 ? missing : ourTables };
  }
  const skipped = new Set(excluded.map(({ classId, objectId }) => `${classId} ${objectId}`));
  return { schema, entries: lines.filter((line) => isRestored(line, schema, skipped)) };
}

function schemasWith(table: string, lines: readonly string[]): string[] {
  // The catalog 1259 (pg_class) distinguishes a table from its data, which has catalog 0.
  const pattern = new RegExp(`^\\d+; 1259 \\d+ TABLE (.+?) ${table} `);
  return lines.flatMap((line) => pattern.exec(line)?.[1] ?? []);
}

function isRestored(line: string, schema: string, skipped: ReadonlySet<string>): boolean {
  const [, oids = '', entry = ''] = /^\d+; (\d+ \d+) (.*)$/.exec(line) ?? [];
  const end = entry.indexOf(` ${schema} `);
  const kind = entry.slice(0, Math.max(end, 0));
  if (!/^[A-Z ]+$/.test(kind) || notRestored.test(kind) || skipped.has(oids)) return false;
  // A comment on an excluded object would fail.
  return kind !== 'COMMENT' || /^(?:TABLE|COLUMN) /.test(entry.slice(end + schema.length + 2));
}
