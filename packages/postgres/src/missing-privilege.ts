import { quoteIdentifier } from './names.js';
import type { Session } from './session.js';

/** What to grant, by the object that PostgreSQL denies. It does not quote names in messages. */
const grants: readonly [RegExp, (name: string, schema: string) => string][] = [
  [
    /permission denied for schema (.+)$/,
    (name) => `USAGE, CREATE ON SCHEMA ${quoteIfNeeded(name)}`,
  ],
  [
    /permission denied for database (.+)$/,
    (name) => `CONNECT, CREATE ON DATABASE ${quoteIfNeeded(name)}`,
  ],
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

/** Quotes only where needed: a person reads this, and PostgreSQL accepts it. */
function quoteIfNeeded(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : quoteIdentifier(name);
}

/**
 * Returns the statement that grants the role what PostgreSQL's message says it lacks, or a sentence if the session
 * is not known. Since PostgreSQL 15 only the owner of a database may create objects in its schema `public`.
 */
export function grantMissing(message: string, session?: Session): string {
  if (/permission denied to create database/.test(message)) {
    return 'Have a superuser run ALTER ROLE … CREATEDB for the role of DATABASE_URL.';
  }
  const extension = /permission denied to create extension "(\w+)"/.exec(message)?.[1];
  if (extension !== undefined) return `${asSuperuser}: CREATE EXTENSION ${extension};`;
  if (session === undefined) {
    return 'Have the owner of the database or a superuser grant it to the role of DATABASE_URL.';
  }
  const { role, schema, database } = session;
  if (/no schema has been selected/.test(message)) {
    return `Its search_path contains no schema that it may use. ${asSuperuser}: CREATE SCHEMA IF NOT EXISTS ${schema}; GRANT USAGE, CREATE ON SCHEMA ${schema} TO ${role};`;
  }
  const owned = /must be owner of (?:table|relation|view|sequence|index) (.+)$/.exec(message)?.[1];
  if (owned !== undefined) {
    return `${owned} belongs to another role: migrate as that role, or run as a superuser, in this database: ALTER TABLE ${schema}.${quoteIfNeeded(owned)} OWNER TO ${role};`;
  }
  for (const [pattern, grant] of grants) {
    const name = pattern.exec(message)?.[1];
    if (name !== undefined) return `${asOwner}: GRANT ${grant(name, schema)} TO ${role};`;
  }
  return `The simplest way is to let ${role} own the database: ALTER DATABASE ${database} OWNER TO ${role};`;
}
