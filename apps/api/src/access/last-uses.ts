import type { KeyRepository } from '@texas-ai/access';
import { Temporal } from '@texas-ai/kernel';

/** Collects when keys were last used, to store them in batches. */
export interface LastUses {
  /** `at` is in epoch milliseconds and must not decrease. */
  note(keyId: string, at: number): void;
  /** Rejects with `storage_unavailable`, and keeps what it could not store. */
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
