import type { ErrorCode, Temporal } from '@texas-ai/kernel';
import type { BackupKind } from './files/manifest.js';

export const backupStates = ['queued', 'running', 'good', 'failed', 'bad', 'pruned'] as const;
/** `bad`: was good until its verification failed; `pruned`: removed by the retention policy. */
export type BackupState = (typeof backupStates)[number];

/** The database's record of a backup. It is lost with the database; the manifest beside the dump is not. */
export interface BackupRecord {
  id: string;
  kind: BackupKind;
  state: BackupState;
  requestedAt: Temporal.Instant;
  startedAt: Temporal.Instant | null;
  finishedAt: Temporal.Instant | null;
  /** The dump's file name, without a folder; null until the dump is complete. */
  file: string | null;
  /** In bytes. */
  size: number | null;
  /** Hexadecimal. */
  sha256: string | null;
  encrypted: boolean;
  /** Names of the folder and targets that hold it. */
  places: string[];
  /** When it was last restored into a scratch database and matched its manifest. */
  verifiedAt: Temporal.Instant | null;
  /** Why it failed or is bad; for a good backup, why it was not copied or could not be verified. */
  error: { code: ErrorCode; message: string } | null;
}

/** Every method rejects with `storage_unavailable` if the database is down. */
export interface BackupRepository {
  /** Returns the backup that is queued or running, or queues a new one. */
  request(kind: BackupKind): Promise<BackupRecord>;
  /**
   * Starts a queued backup; null if it is no longer queued. The caller must hold the backup lock: any other backup
   * that is running has lost its process, and is marked as failed.
   */
  begin(id: string): Promise<BackupRecord | null>;
  /** Marks it as complete; an error names the target that does not hold it. */
  good(
    id: string,
    made: Pick<BackupRecord, 'file' | 'size' | 'sha256' | 'encrypted' | 'places' | 'error'>,
  ): Promise<BackupRecord>;
  /** Puts it back into the queue. */
  postponed(id: string): Promise<void>;
  failed(id: string, code: ErrorCode, message: string): Promise<void>;
  /** Marks it as restore-tested, and clears the error of an earlier verification. */
  verified(id: string): Promise<void>;
  /** Its verification could not be run: it stays good, and its error says why. */
  unverified(id: string, code: ErrorCode, message: string): Promise<void>;
  /** It failed its verification and no longer counts as a backup. */
  bad(id: string, code: ErrorCode, message: string): Promise<void>;
  pruned(ids: readonly string[]): Promise<void>;
  /** Adds the record of a manifest that is missing because the database was restored to an earlier time. */
  adopt(
    made: Pick<
      BackupRecord,
      'id' | 'kind' | 'file' | 'size' | 'sha256' | 'encrypted' | 'places'
    > & {
      createdAt: Temporal.Instant;
    },
  ): Promise<void>;
  find(id: string): Promise<BackupRecord | null>;
  /** Queued backups, oldest first. */
  queued(): Promise<BackupRecord[]>;
  lastGood(): Promise<BackupRecord | null>;
  /** Newest first, starting after the backup with the id `after`. */
  list(options: { limit: number; after?: string | undefined }): Promise<BackupRecord[]>;
}
