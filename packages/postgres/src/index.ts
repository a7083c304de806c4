export {
  type FindPgClientOptions,
  findPgClient,
  findPgServer,
  installedPostgresFolders,
  type PgClient,
  type PgServer,
} from './find-programs.js';
export {
  makeSessionSetup,
  type Session,
  type SessionOptions,
  type SessionSetup,
} from './session.js';
