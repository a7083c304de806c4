import type { Fleet, QueueName } from '@texas-ai/jobs';
import type { Clock } from '@texas-ai/kernel';
import { type AuthorName, authorNames } from '@texas-ai/life';

export interface WorkedAuthorsDeps {
  fleet: Pick<Fleet, 'workers'>;
  /** The queues that this process works. */
  workedQueues: readonly QueueName[];
  clock: Clock;
  /** How long nobody may have been seen who can ask an author, in milliseconds. */
  patienceMs: number;
}

/**
 * Tells, look by look, which authors some live worker can ask. Workers restart and a wiped Redis
 * forgets them, so that an author counts as worked until look after look has missed it for a while;
 * whoever has not looked for as long, or cannot see the fleet, knows of none that it is not.
 */
export function makeWorkedAuthors({
  fleet,
  workedQueues,
  clock,
  patienceMs,
}: WorkedAuthorsDeps): () => Promise<AuthorName[]> {
  const seenAtMs = new Map<AuthorName, number>();
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  return async () => {
    const others = await fleet.workers().catch(() => null);
    const now = clock.now().epochMilliseconds;
    const blind = others === null || now - lookedAtMs > patienceMs;
    lookedAtMs = now;
    const queues = new Set([...workedQueues, ...(others ?? []).flatMap((each) => each.queues)]);
    return authorNames.filter((name) => {
      if (blind || queues.has(`author-${name}`)) seenAtMs.set(name, now);
      return now - (seenAtMs.get(name) ?? now) <= patienceMs;
    });
  };
}
