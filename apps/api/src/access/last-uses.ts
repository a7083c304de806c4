import type { KeyRepository } from '@texas-ai/access';
import { Temporal } from '@texas-ai/kernel';

/** Remembers when keys were last used, so that they are written together and not with each request. */
export interface LastUses {
  /** `at` is in epoch milliseconds, and not before the one that was noted last. */
  note(keyId: string, at: number): void;
  /** What cannot be written stays noted; rejects with `storage_unavailable`. */
  write(): Promise<void>;
}

export function makeLastUses(keys: Pick<KeyRepository, 'recordUse'>): LastUses {
  const uses = new Map<string, number>();
  return {
    note(keyId, at) {
      uses.set(keyId, at);
    },
    async write() {
      if (uses.size === 0) return;
      const batch = [...uses];
      await keys.recordUse(
        new Map(batch.map(([keyId, at]) => [keyId, Temporal.Instant.fromEpochMilliseconds(at)])),
      );
      for (const [keyId, at] of batch) if (uses.get(keyId) === at) uses.delete(keyId);
    },
  };
}
