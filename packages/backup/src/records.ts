import type { ErrorCode, Temporal } from '@texas-ai/kernel';
import type { BackupKind } from './manifest.js';

export const backupStates = ['queued', 'running', 'good', 'failed', 'bad', 'pruned'] as const;
/** `bad` was good until it failed its verification; `pruned` is gone by the rule of retention. */
export type BackupState = (typeof backupStates)[number];

/** What the database knows of a backup. It dies with the database: the manifest beside the dump does not. */
export interface BackupRecord {
  id: string;
  kind: BackupKind;
  state: BackupState;
  requestedAt: Temporal.Instant;
  startedAt: Temporal.Instant | null;
  finishedAt: Temporal.Instant | null;
  /** The dump's file without its folder; null until it is whole. */
  file: string | null;
  /** In bytes. */
  size: number | null;
  /** Hexadecimal. */
  sha256: string | null;
  encrypted: boolean;
  /** The targets that hold it, by name. */
  places: string[];
  /** When it was last restored into a scratch database and found the same. */
  verifiedAt: Temporal.Instant | null;
  /** Why it failed or is bad; of a good one, why it was not copied or could not be verified. */
  error: { code: ErrorCode; message: string } | null;
}

/** Every method rejects with `storage_unavailable` where the database is away. */
export interface BackupRepository {
  /** The one that is queued or running, or a new one that is queued. */
  request(kind: BackupKind): Promise<BackupRecord>;
  /**
   * Begins one that is queued; only for whoever may be at it alone. Whatever else is running then has
   * lost its process and failed. Null where it is not queued any more.
   */
  begin(id: string): Promise<BackupRecord | null>;
  /** It is whole; an error then says which target does not hold it. */
  good(
    id: string,
    made: Pick<BackupRecord, 'file' | 'size' | 'sha256' | 'encrypted' | 'places' | 'error'>,
  ): Promise<BackupRecord>;
  /** Waits again for somebody to begin it. */
  postponed(id: string): Promise<void>;
  failed(id: string, code: ErrorCode, message: string): Promise<void>;
  /** It was restored and compared; the error of an earlier verification is removed. */
  verified(id: string): Promise<void>;
  /** Its verification could not be done: it still counts as good, and its error says why. */
  unverified(id: string, code: ErrorCode, message: string): Promise<void>;
  /** It failed its verification and counts for nothing from now on. */
  bad(id: string, code: ErrorCode, message: string): Promise<void>;
  pruned(ids: readonly string[]): Promise<void>;
  /**
   * Makes known what a manifest tells of and the database does not: it was restored to a time before.
   */
  adopt(
    made: Pick<
      BackupRecord,
      'id' | 'kind' | 'file' | 'size' | 'sha256' | 'encrypted' | 'places'
    > & {
      createdAt: Temporal.Instant;
    },
  ): Promise<void>;
  find(id: string): Promise<BackupRecord | null>;
  /** Those that wait for somebody to begin them, oldest first. */
  queued(): Promise<BackupRecord[]>;
  lastGood(): Promise<BackupRecord | null>;
  /** Newest first, after the one that `after` names. */
  list(options: { limit: number; after?: string | undefined }): Promise<BackupRecord[]>;
}
