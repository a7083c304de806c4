import type { Logger } from '@texas-ai/kernel';
import type { ReadCache } from '@texas-ai/storage';

export interface NoticeRestoreDeps {
  /** Names the database and changes when another takes its place. */
  identity(): Promise<string>;
  cache: Pick<ReadCache, 'clear'>;
  logger: Logger;
  /** How often it is looked, in milliseconds; default 2,000. */
  everyMs?: number;
  /** How long after it everything is forgotten once more, in milliseconds; default 5,000. */
  againMs?: number;
}

/**
 * Forgets all that was read as soon as another database is in the place of the one it was read from,
 * as after a restore; and once more a little later, for whoever was just reading the old one.
 */
export function noticeRestore(deps: NoticeRestoreDeps): { start(): void; close(): void } {
  const { identity, cache, logger, everyMs = 2_000, againMs = 5_000 } = deps;
  let known: string | null = null;
  let timer: NodeJS.Timeout | undefined;
  let again: NodeJS.Timeout | undefined;

  async function forget(): Promise<void> {
    await cache.clear().catch((error) => logger.warn('cache not cleared', { error }));
  }

  async function look(): Promise<void> {
    // Whether the database answers is looked after elsewhere.
    const found = await identity().catch(() => known);
    if (known !== null && found !== known) {
      logger.warn('another database is in its place: all that was read is forgotten');
      await forget();
      clearTimeout(again);
      again = setTimeout(forget, againMs).unref();
    }
    known = found;
    timer = setTimeout(look, everyMs).unref();
  }

  return {
    start: () => void look(),
    close() {
      clearTimeout(timer);
      clearTimeout(again);
    },
  };
}
