export type { Archive } from './archive.js';
export { type CheckBackupOptions, checkBackup, checkContents } from './check-backup.js';
export { withDatabase } from './connection-environment.js';
export { type CreateBackupOptions, type CreatedBackup, createBackup } from './create-backup.js';
export { holdingsOf } from './fill-database.js';
export { findBackup } from './find-backup.js';
export type { TableFingerprint } from './fingerprint.js';
export { listFolder } from './folder.js';
export { type BackupSettings, backupFrom, identityIn } from './from-settings.js';
export { clientFor, folderPlace, type MakeBackupDeps, makeBackup } from './make-backup.js';
export { type BackupKind, backupKinds, type Manifest, readManifest } from './manifest.js';
export { manifestFileOf } from './names.js';
export {
  type BackupRecord,
  type BackupRepository,
  type BackupState,
  backupStates,
} from './records.js';
export {
  type RestoreBackupOptions,
  type Restored,
  type RestoreStep,
  restoreBackup,
} from './restore-backup.js';
export type { BackupTarget } from './target.js';
export { type VerifyBackupOptions, verifyBackup } from './verify-backup.js';
export { type VerifyLastDeps, verifyLast } from './verify-last.js';
