import type { Fleet, QueueName } from '@texas-ai/jobs';
import type { Clock } from '@texas-ai/kernel';
import { type AuthorName, authorNames } from '@texas-ai/life';

export interface AvailableAuthorsDeps {
  fleet: Pick<Fleet, 'workers'>;
  /** The queues that this worker processes. */
  workedQueues: readonly QueueName[];
  clock: Clock;
  /** How long an author stays available after the last worker that can call it was seen, in milliseconds. */
  patienceMs: number;
}

/**
 * Returns a function that lists the authors which some live worker can call. Workers restart, and a wiped
 * Redis forgets them: an author counts as available until it has gone unseen for `patienceMs`. If the
 * fleet cannot be read, or was not read for that long, every author counts as just seen.
 */
export function makeAvailableAuthors({
  fleet,
  workedQueues,
  clock,
  patienceMs,
}: AvailableAuthorsDeps): () => Promise<AuthorName[]> {
  const seenAtMs = new Map<AuthorName, number>();
  let readAtMs = Number.NEGATIVE_INFINITY;
  return async () => {
    const workers = await fleet.workers().catch(() => null);
    const now = clock.now().epochMilliseconds;
    const unknown = workers === null || now - readAtMs > patienceMs;
    readAtMs = now;
    const queues = new Set([...workedQueues, ...(workers ?? []).flatMap((each) => each.queues)]);
    return authorNames.filter((name) => {
      if (unknown || queues.has(`author-${name}`)) seenAtMs.set(name, now);
      return now - (seenAtMs.get(name) ?? now) <= patienceMs;
    });
  };
}
