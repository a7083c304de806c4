export { type CachedBytes, withEtag } from './cache/cache-entry.js';
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
  probeDatabase,
} from './database/database.js';
export { storageFailure } from './database/storage-failure.js';
export {
  knownMigrations,
  migrate,
  pendingMigrations,
  waitForMigrations,
} from './migrations/migrate.js';
export { makeAlertRepository } from './repositories/operations/alerts.js';
export { makeBackupRepository } from './repositories/operations/backups.js';
export { makeKeyRepository } from './repositories/operations/keys.js';
export { makeSystemStats, type SystemStats } from './repositories/operations/system-stats.js';
export { makeStore } from './store.js';
