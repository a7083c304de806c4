import type { Clock, Logger } from '@texas-ai/kernel';
import type { Archive } from '../dump/archive.js';
import type { Manifest, TableFingerprint } from '../files/manifest.js';

export interface RestoreBackupOptions extends Archive {
  /** Null to trust the dump: nothing is compared. */
  manifest: Manifest | null;
  /** The database to restore into. */
  databaseUrl: string;
  /** Whether a database that is not empty may be replaced while it is in use. */
  live: boolean;
  /** Whether the replaced database is kept, under the name in `keptAs`; false by default. */
  keepOld?: boolean;
  /** Names of all migrations that this program has. */
  knownMigrations: readonly string[];
  /**
   * Runs when the new database is complete and the old one still in use; if it fails, the old one stays. The tables are
   * in `schema` in both, which may not be in the `search_path` of the new one yet.
   */
  beforeSwap(liveUrl: string, restoredUrl: string, schema: string): Promise<void>;
  /** Milliseconds for the whole restore. */
  timeoutMs: number;
  onProgress?: (step: RestoreStep) => void;
  signal: AbortSignal;
  logger: Logger;
  clock: Clock;
}

export type RestoreStep = 'checking' | 'restoring' | 'comparing' | 'preparing' | 'swapping';

export interface Restored {
  /** `filled`: the database was empty or missing; `swapped`: a live one was replaced. */
  how: 'filled' | 'swapped';
  database: string;
  /** Whether the database did not exist before. */
  created: boolean;
  /** The new name of the replaced database; null if it was dropped. */
  keptAs: string | null;
  /** Descriptions of the replaced database's foreign objects (`extension pg_stat_statements`), for which it is kept. */
  foreignObjects: string[];
  /** Statements that would configure the new database like the old one, but that the role may not run. */
  notApplied: string[];
  /** Migrations in the backup; if the database was `filled`, the caller applies the missing ones. */
  migrations: string[];
  tables: TableFingerprint[];
}
