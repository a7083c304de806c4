import type { Session } from '@texas-ai/postgres';

/** What to grant on what, by what PostgreSQL says is denied. Names in its words are not quoted. */
const grants: readonly [RegExp, (name: string, schema: string) => string][] = [
  [/permission denied for schema (.+)$/, (name) => `USAGE, CREATE ON SCHEMA ${quoted(name)}`],
  [/permission denied for database (.+)$/, (name) => `CONNECT, CREATE ON DATABASE ${quoted(name)}`],
  [
    /permission denied for (?:table|relation|view) (.+)$/,
    (_, schema) => `SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema}`,
  ],
  [
    /permission denied for sequence (.+)$/,
    (_, schema) => `USAGE, SELECT ON ALL SEQUENCES IN SCHEMA ${schema}`,
  ],
];

const asSuperuser = 'As a superuser, in this database';
const asOwner = 'As the owner of the database or a superuser, in this database';

function quoted(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name)
    ? name
    : `"${name.replace(/^"|"$/g, '').replaceAll('"', '""')}"`;
}

/**
 * The statement that gives the role of a session what it lacks, by PostgreSQL's words for it; a sentence where
 * the session is not known. Since PostgreSQL 15 only the owner of a database may create in its schema `public`.
 */
export function missingRight(text: string, session?: Session): string {
  const extension = /permission denied to create extension "(\w+)"/.exec(text)?.[1];
  if (extension !== undefined) return `${asSuperuser}: CREATE EXTENSION ${extension};`;
  if (session === undefined) {
    return 'Have the owner of the database or a superuser grant it to the role of DATABASE_URL.';
  }
  const { role, schema, database } = session;
  if (/no schema has been selected/.test(text)) {
    return `Its search_path leads to no schema that it may use. ${asSuperuser}: CREATE SCHEMA IF NOT EXISTS ${schema}; GRANT USAGE, CREATE ON SCHEMA ${schema} TO ${role};`;
  }
  const owned = /must be owner of (?:table|relation|view|sequence|index) (.+)$/.exec(text)?.[1];
  if (owned !== undefined) {
    return `${owned} belongs to another role: migrate as that one, or run as a superuser, in this database: ALTER TABLE ${schema}.${quoted(owned)} OWNER TO ${role};`;
  }
  for (const [pattern, grant] of grants) {
    const name = pattern.exec(text)?.[1];
    if (name !== undefined) return `${asOwner}: GRANT ${grant(name, schema)} TO ${role};`;
  }
  return `It is simplest where ${role} owns the database: ALTER DATABASE ${database} OWNER TO ${role};`;
}
