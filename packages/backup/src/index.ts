// Backups of the database: `dump/` writes and reads dump files, `files/` names and describes them, `places/` stores them,
// `verify/` and `restore/` load them into a database, `retention/` removes old ones. `database/` has what these need of
// PostgreSQL, and `run-backup.ts` is the whole of a backup as api, worker and CLI run it.

export { findClientForServer } from './database/client-for-server.js';
export { withDatabase } from './database/libpq-environment.js';
export { type CreatedBackup, createBackup } from './dump/create-backup.js';
export { type BackupKind, backupKinds, type Manifest, readManifest } from './files/manifest.js';
export { manifestFileOf } from './files/names.js';
export { findOrDownloadBackup } from './places/find-backup.js';
export { listFolder } from './places/folder.js';
export { type BackupRecord, type BackupRepository, backupStates } from './repository.js';
export { fingerprintDatabase } from './restore/load-dump.js';
export type { Restored } from './restore/options.js';
export { restoreBackup } from './restore/restore-backup.js';
export { folderPlaceName, type RunBackupDeps, runBackup } from './run-backup.js';
export { backupDepsFrom, readIdentity } from './settings.js';
export { verifyBackup } from './verify/verify-backup.js';
export { type VerifyLatestDeps, verifyLatest } from './verify/verify-latest.js';
