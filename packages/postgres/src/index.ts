// Shared by everything that talks to PostgreSQL: session setup, identifiers, advisory locks, and the explanation of failures.

export { advisoryLocks, databaseNameLock } from './advisory-locks.js';
export { explainFailure, type PostgresError } from './failures.js';
export {
  findPgClient,
  findPgServer,
  installedPostgresFolders,
  type PgClient,
  type PgServer,
} from './find-programs.js';
export { quoteIdentifier, schemaOf } from './names.js';
export { makeSessionSetup, type Session } from './session.js';
