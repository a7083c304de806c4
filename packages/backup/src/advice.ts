// What an operator can do about an error of PostgreSQL or its programs; the first match counts.

const advice: readonly (readonly [words: RegExp, sentence: string])[] = [
  [
    /permission denied to create database/,
    'Have a superuser run ALTER ROLE … CREATEDB for the role of DATABASE_URL.',
  ],
  [
    /permission denied for (?:table|sequence|view|schema|large object)/,
    'Have its owner grant access to the role of DATABASE_URL, or move objects that do not belong to Texas AI to another schema.',
  ],
  [
    /must be (?:owner|member|able to SET ROLE)/,
    'Connect as the owner of the database or as a superuser.',
  ],
  [
    /extension "[^"]*" is not available|could not open extension control file/,
    'Install the contrib extensions of the server’s PostgreSQL.',
  ],
  [
    /permission denied to create extension|Must have CREATE privilege on current database/,
    'Have a superuser run CREATE EXTENSION btree_gist in that database.',
  ],
  [/role "[^"]*" does not exist/, 'Create that role first: the backup refers to it.'],
  [
    /(?:type|function|operator|operator class|relation|schema) "?[^"]*"?.* does not exist/,
    'Texas AI’s tables depend on something outside of them, such as another extension: remove that dependency and make another backup.',
  ],
  [
    /no such database/,
    'PgBouncer does not know this database: add an entry “* = …” to its [databases], or connect to PostgreSQL directly.',
  ],
  [
    /unsupported startup parameter/,
    'Remove the parameter from DATABASE_URL, add it to ignore_startup_parameters of PgBouncer, or connect to PostgreSQL directly.',
  ],
  [
    /too many (?:clients|connections)|remaining connection slots/,
    'Raise the connection limit or close other connections.',
  ],
  [/No space left on device|Disk quota exceeded/i, 'The disk is full: free some space.'],
  [/password authentication failed|no password supplied/, 'Check the password in DATABASE_URL.'],
  [
    /could not (?:connect|translate)|connection to server|terminating connection/,
    'Check that PostgreSQL is running and reachable from here.',
  ],
];

/** A sentence about what to do; null for an error that is not known here. */
export function adviceFor(words: string): string | null {
  return advice.find(([form]) => form.test(words))?.[1] ?? null;
}
