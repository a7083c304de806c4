import { asTexasError, type Clock, type Logger } from '@texas-ai/kernel';
import type { AuthorHold, Authors, Store } from '@texas-ai/life';

/**
 * Tries the refused keys of this process whose time has come; each is tried by one process at a time.
 * A key that is accepted again is held no longer. Tells whether any is.
 */
export async function probeKeys(deps: {
  store: Pick<Store, 'holds'>;
  authors: Authors;
  clock: Clock;
  logger: Logger;
  holds: readonly AuthorHold[];
  probeMs: number;
  signal: AbortSignal;
}): Promise<boolean> {
  const { store, authors, clock, logger, probeMs, signal } = deps;
  let accepted = false;
  for (const hold of deps.holds) {
    const { author: name, code } = hold;
    if (code !== 'author_unauthorized' || !isOwn(authors, hold)) continue;
    const now = clock.now();
    if (!(await store.holds.takeProbe(hold, now, now.add({ milliseconds: probeMs })))) continue;
    try {
      await authors(name).probe(signal);
    } catch (error) {
      logger.info('key not accepted yet', { author: name, code: asTexasError(error).code });
      continue;
    }
    await store.holds.lift(hold);
    logger.info('author accepts the key again', { author: name });
    accepted = true;
  }
  return accepted;
}

function isOwn(authors: Authors, { author, fingerprint }: AuthorHold): boolean {
  try {
    return authors(author).fingerprint === fingerprint;
  } catch {
    return false;
  }
}
