/** What to grant, by what PostgreSQL says is denied. */
const grants: readonly [RegExp, (name: string) => string][] = [
  [/permission denied for schema (.+)$/, (name) => `GRANT USAGE, CREATE ON SCHEMA ${quoted(name)}`],
  [
    /permission denied for database (.+)$/,
    (name) => `GRANT CONNECT, CREATE ON DATABASE ${quoted(name)}`,
  ],
  [
    /permission denied for (?:table|relation|view) (.+)$/,
    () => 'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public',
  ],
  [
    /permission denied for sequence (.+)$/,
    () => 'GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public',
  ],
];

const asOwner = 'As the owner of the database or a superuser, in this database';

/** PostgreSQL's words have names as they are. */
function quoted(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name)
    ? name
    : `"${name.replace(/^"|"$/g, '').replaceAll('"', '""')}"`;
}

/**
 * The statement that gives a role what it lacks, by PostgreSQL's words for it. Since PostgreSQL 15 only the
 * owner of a database may create in its schema `public`.
 */
export function missingRight(text: string, role = 'the role of DATABASE_URL'): string {
  const extension = /permission denied to create extension "(\w+)"/.exec(text)?.[1];
  if (extension !== undefined) {
    return `As a superuser, in this database: CREATE EXTENSION ${extension};`;
  }
  if (/no schema has been selected/.test(text)) {
    return `Its search_path leads to no schema that it may use. As a superuser, in this database: CREATE SCHEMA AUTHORIZATION ${role}; or GRANT USAGE, CREATE ON SCHEMA public TO ${role};`;
  }
  const owned = /must be (?:the )?owner of \w+ (.+)$/.exec(text)?.[1];
  if (owned !== undefined) {
    return `${owned} belongs to another role: migrate as that one, or run as a superuser, in this database: REASSIGN OWNED BY (its owner) TO ${role};`;
  }
  for (const [pattern, grant] of grants) {
    const name = pattern.exec(text)?.[1];
    if (name !== undefined) {
      return `${asOwner}: ${grant(name)} TO ${role};`;
    }
  }
  return `It is simplest where ${role} owns the database: ALTER DATABASE … OWNER TO ${role};`;
}
