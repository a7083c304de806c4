export { type Database, type DatabaseOptions, openDatabase } from './database.js';
export { migrate, pendingMigrations, waitForMigrations } from './migrate.js';
export { makeStore } from './store.js';
