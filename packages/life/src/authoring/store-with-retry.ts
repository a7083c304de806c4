import { setTimeout as pause } from 'node:timers/promises';
import { TexasError } from '@texas-ai/kernel';

export interface HoldingDeps {
  /** How long something that was paid for is held while storage is away, in milliseconds. */
  holdAnswerMs: number;
}

const mostPauseMs = 1_000;

/**
 * Stores what was paid for, again and again for as long as it is held: a database that restarts
 * costs nobody a second call. Rejects with the last failure, and at once where it is no matter of time.
 */
export async function holding<T>(
  { holdAnswerMs }: HoldingDeps,
  signal: AbortSignal,
  store: () => Promise<T>,
): Promise<T> {
  const end = performance.now() + holdAnswerMs;
  const againMs = Math.min(mostPauseMs, holdAnswerMs / 10);
  for (;;) {
    try {
      return await store();
    } catch (error) {
      const away = error instanceof TexasError && error.code === 'storage_unavailable';
      if (!away || signal.aborted || performance.now() + againMs > end) throw error;
      await pause(againMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
