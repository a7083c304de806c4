import type { NotOurs } from './not-ours.js';

// A dump has a list of what is in it, a line for each entry:
// `222; 1259 17050 TABLE public characters texas` is its number, the OIDs of a system catalog and of the
// object, its kind, schema and name, and its owner.

/** What of a dump is restored. */
export interface Contents {
  /** The schema that the tables were in. */
  schema: string;
  /** Lines of the list, in its order, as `pg_restore --use-list` takes them. */
  entries: string[];
}

/** Tables that every database of ours has. */
const ourTables = ['migrations', 'generations'];

/** Kinds that belong to somebody else or to the database, although they are listed with a schema. */
const notRestored = /^(?:PUBLICATION|SUBSCRIPTION|SECURITY LABEL|ACL|DEFAULT ACL)\b/;

/**
 * What is restored of a dump with this list, or the names of the tables that it lacks. Whatever is in another
 * schema than our tables, or in none, is not: earlier releases dumped the whole database.
 */
export function contentsIn(
  lines: readonly string[],
  leftOut: readonly Pick<NotOurs, 'classId' | 'objectId'>[],
): Contents | { missing: string[] } {
  const schemas = ourTables.map((table) => schemasWith(table, lines));
  const schema = schemas[0]?.find((name) => schemas.every((names) => names.includes(name)));
  if (schema === undefined) {
    const missing = ourTables.filter((_, index) => schemas[index]?.length === 0);
    return { missing: missing.length > 0 ? missing : ourTables };
  }
  const skipped = new Set(leftOut.map(({ classId, objectId }) => `${classId} ${objectId}`));
  return { schema, entries: lines.filter((line) => isRestored(line, schema, skipped)) };
}

function schemasWith(table: string, lines: readonly string[]): string[] {
  const form = new RegExp(`^\\d+; \\d+ \\d+ TABLE (.+?) ${table} `);
  return lines.flatMap((line) => form.exec(line)?.[1] ?? []);
}

function isRestored(line: string, schema: string, skipped: ReadonlySet<string>): boolean {
  const [, oids = '', entry = ''] = /^\d+; (\d+ \d+) (.*)$/.exec(line) ?? [];
  const end = entry.indexOf(` ${schema} `);
  const kind = entry.slice(0, Math.max(end, 0));
  if (!/^[A-Z ]+$/.test(kind) || notRestored.test(kind) || skipped.has(oids)) return false;
  // One on something that is left out would fail.
  return kind !== 'COMMENT' || /^(?:TABLE|COLUMN) /.test(entry.slice(end + schema.length + 2));
}
