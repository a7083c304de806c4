import type { NotOurs } from './not-ours.js';

// The table of contents of a dump has a line for each entry, for example
// `222; 1259 17050 TABLE public characters texas`: number, OIDs of the system catalog and of the object, kind,
// schema, name, owner.

/** The part of a dump that is restored. */
export interface Contents {
  /** The schema that the tables were in. */
  schema: string;
  /** Lines of the table of contents in their order, for `pg_restore --use-list`. */
  entries: string[];
}

/** Tables that every database of ours has. */
const ourTables = ['migrations', 'generations'];

/** Kinds that are not ours although they are listed with our schema. */
const notRestored = /^(?:PUBLICATION|SUBSCRIPTION|SECURITY LABEL|ACL|DEFAULT ACL)\b/;

/**
 * Returns what to restore of a dump, or which of our tables it lacks. Entries of other schemas than that of our
 * tables, or of none, are skipped: earlier releases dumped the whole database.
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
  // The catalog 1259, pg_class, tells a table from its data, which are listed with none.
  const form = new RegExp(`^\\d+; 1259 \\d+ TABLE (.+?) ${table} `);
  return lines.flatMap((line) => form.exec(line)?.[1] ?? []);
}

function isRestored(line: string, schema: string, skipped: ReadonlySet<string>): boolean {
  const [, oids = '', entry = ''] = /^\d+; (\d+ \d+) (.*)$/.exec(line) ?? [];
  const end = entry.indexOf(` ${schema} `);
  const kind = entry.slice(0, Math.max(end, 0));
  if (!/^[A-Z ]+$/.test(kind) || notRestored.test(kind) || skipped.has(oids)) return false;
  // A comment on an object that is left out would fail.
  return kind !== 'COMMENT' || /^(?:TABLE|COLUMN) /.test(entry.slice(end + schema.length + 2));
}
