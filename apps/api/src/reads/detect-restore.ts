import type { Logger } from '@texas-ai/kernel';
import type { ReadCache } from '@texas-ai/storage';

export interface RestoreDetectorDeps {
  /** Identifies the database; changes with a restore. */
  identity(): Promise<string>;
  cache: Pick<ReadCache, 'clear'>;
  logger: Logger;
  /** Polling interval; default 2,000. */
  pollMs?: number;
  /** Delay before the second clear; default 5,000. */
  secondClearMs?: number;
}

export interface RestoreDetector {
  start(): void;
  close(): void;
}

/**
 * Clears the cache when the database is replaced, as by a restore, and again a little later, because reads of the old
 * database may still have been in progress.
 */
export function makeRestoreDetector(deps: RestoreDetectorDeps): RestoreDetector {
  const { identity, cache, logger, pollMs = 2_000, secondClearMs = 5_000 } = deps;
  let known: string | null = null;
  let timer: NodeJS.Timeout | undefined;
  let secondClear: NodeJS.Timeout | undefined;

  async function clear(): Promise<void> {
    await cache.clear().catch((error) => logger.warn('cache not cleared', { error }));
  }

  async function poll(): Promise<void> {
    // An outage is not a restore; the monitor reports outages.
    const current = await identity().catch(() => known);
    if (known !== null && current !== known) {
      logger.warn('the database was replaced: clearing the cache');
      await clear();
      clearTimeout(secondClear);
      secondClear = setTimeout(clear, secondClearMs).unref();
    }
    known = current;
    timer = setTimeout(poll, pollMs).unref();
  }

  return {
    start: () => void poll(),
    close() {
      clearTimeout(timer);
      clearTimeout(secondClear);
    },
  };
}
