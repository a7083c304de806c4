import type { Temporal } from '@texas-ai/kernel';
import type { ApiKey, Scope } from './key.js';

/** Every method may reject with `storage_unavailable`. */
export interface KeyRepository {
  insert(key: {
    short: string;
    hash: Buffer;
    name: string;
    scopes: readonly Scope[];
  }): Promise<ApiKey>;
  findByShort(short: string): Promise<(ApiKey & { hash: Buffer }) | null>;
  /** All keys, newest first. */
  list(): Promise<ApiKey[]>;
  /** Revokes a key unless it is already revoked. Returns null if there is none. */
  revoke(short: string): Promise<{ key: ApiKey; already: boolean } | null>;
  /** Returns those of the ids whose keys are revoked or deleted. */
  findRevoked(ids: readonly string[]): Promise<string[]>;
  /** Stores the last use of keys; an instant older than the stored one is ignored. */
  recordUse(uses: ReadonlyMap<string, Temporal.Instant>): Promise<void>;
}
