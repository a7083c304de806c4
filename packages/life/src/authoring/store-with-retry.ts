import { setTimeout as pause } from 'node:timers/promises';
import { TexasError } from '@texas-ai/kernel';

export interface StoreWithRetryDeps {
  /** How long to retry storing a result while storage is unavailable, in milliseconds. */
  storeRetryMs: number;
}

const maxPauseMs = 1_000;

/**
 * Stores a paid result, and retries while the database is unavailable, so that a restart of the database
 * does not cost a second call. Rejects with the last failure; at once if it is not `storage_unavailable`.
 */
export async function storeWithRetry<T>(
  { storeRetryMs }: StoreWithRetryDeps,
  signal: AbortSignal,
  store: () => Promise<T>,
): Promise<T> {
  const end = performance.now() + storeRetryMs;
  const pauseMs = Math.min(maxPauseMs, storeRetryMs / 10);
  for (;;) {
    try {
      return await store();
    } catch (error) {
      const unavailable = error instanceof TexasError && error.code === 'storage_unavailable';
      if (!unavailable || signal.aborted || performance.now() + pauseMs > end) throw error;
      await pause(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
