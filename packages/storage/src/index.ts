export type { CachedBytes } from './cache/kept.js';
export { dayKey, majorEventsKey, profileKey } from './cache/keys.js';
export {
  type CachedRead,
  makeReadCache,
  type ReadCache,
  type ReadCacheOptions,
} from './cache/read-cache.js';
export {
  type Database,
  type DatabaseOptions,
  openDatabase,
  poolUse,
  schemaOf,
} from './database.js';
export { knownMigrations, migrate, pendingMigrations, waitForMigrations } from './migrate.js';
export { probeDatabase } from './probe-database.js';
export { makeAlertRepository } from './repositories/alerts.js';
export { makeBackupRepository } from './repositories/backups.js';
export { makeFigures, type SystemFigures } from './repositories/figures.js';
export { makeKeyRepository } from './repositories/keys.js';
export { storageFailure } from './storage-failure.js';
export { makeStore } from './store.js';
