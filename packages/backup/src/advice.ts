// What to do about what PostgreSQL and its programs say, in the order of how telling the words are.

const advice: readonly (readonly [words: RegExp, sentence: string])[] = [
  [
    /permission denied to create database/,
    'Have a superuser run ALTER ROLE … CREATEDB for the role of DATABASE_URL.',
  ],
  [
    /permission denied for (?:table|sequence|view|schema|large object)/,
    'Have its owner grant the role of DATABASE_URL what it lacks, or move what is not Texas AI’s to a schema of its own.',
  ],
  [
    /must be (?:owner|member|able to SET ROLE)/,
    'Work as the owner of the database or as a superuser.',
  ],
  [
    /extension "[^"]*" is not available|could not open extension control file/,
    'Install the contrib extensions of the server’s PostgreSQL.',
  ],
  [
    /permission denied to create extension|Must have CREATE privilege on current database/,
    'Have a superuser run CREATE EXTENSION btree_gist in that database.',
  ],
  [/role "[^"]*" does not exist/, 'Make that role first: the backup names it.'],
  [
    /(?:type|function|operator|operator class|relation|schema) "?[^"]*"?.* does not exist/,
    'Something in Texas AI’s own tables depends on what is not part of them, such as another extension: make that in the database first, or remove what depends on it and make another backup.',
  ],
  [
    /no such database/,
    'PgBouncer does not know this database: add an entry “* = …” to its [databases], or connect to PostgreSQL directly.',
  ],
  [
    /unsupported startup parameter/,
    'Take the parameter out of DATABASE_URL, add it to ignore_startup_parameters of PgBouncer, or connect to PostgreSQL directly.',
  ],
  [
    /too many (?:clients|connections)|remaining connection slots/,
    'Raise the limit of connections, or stop what takes them.',
  ],
  [/No space left on device|Disk quota exceeded/i, 'A disk is full: make room on it.'],
  [/password authentication failed|no password supplied/, 'Look at the password in DATABASE_URL.'],
  [
    /could not (?:connect|translate)|connection to server|terminating connection/,
    'Look whether PostgreSQL runs and can be reached from here.',
  ],
];

/** A sentence about what to do; null where nothing better is known than the words themselves. */
export function adviceFor(words: string): string | null {
  return advice.find(([form]) => form.test(words))?.[1] ?? null;
}
