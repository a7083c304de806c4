import type { Temporal } from '@texas-ai/kernel';
import type { ApiKey } from './key.js';
import type { Scope } from './scope.js';

/** Where keys are kept. Every method may reject with `storage_unavailable`. */
export interface KeyRepository {
  insert(key: {
    short: string;
    hash: Buffer;
    name: string;
    scopes: readonly Scope[];
  }): Promise<ApiKey>;
  findByShort(short: string): Promise<(ApiKey & { hash: Buffer }) | null>;
  /** All of them, newest first. */
  list(): Promise<ApiKey[]>;
  /** Revokes it unless it is revoked already; answers how it stands, null where there is none. */
  revoke(short: string): Promise<{ key: ApiKey; already: boolean } | null>;
  /** Which of these ids are revoked or gone. */
  deadAmong(ids: readonly string[]): Promise<string[]>;
  /** Notes when keys were last used; an older instant changes nothing. */
  recordUse(uses: ReadonlyMap<string, Temporal.Instant>): Promise<void>;
}
