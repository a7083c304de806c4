import type { Consumer, Producer, QueueName } from '@texas-ai/jobs';
import type { Clock } from '@texas-ai/kernel';
import {
  type AuthorHold,
  type Authors,
  authorNames,
  holds,
  isHeld,
  type Store,
  whoRests,
} from '@texas-ai/life';

/**
 * Makes the queues here do what the holds say: one whose key or model was refused, or rests for long,
 * rests in this process, one whose author rests for a moment is held for all, also after Redis lost that.
 * Answers the holds.
 */
export async function applyHolds({
  store,
  authors,
  clock,
  consumer,
  producer,
}: {
  store: Pick<Store, 'holds'>;
  authors: Authors;
  clock: Clock;
  consumer: Consumer;
  producer: Pick<Producer, 'hold'>;
}): Promise<AuthorHold[]> {
  const now = clock.now();
  const inForce = (await store.holds.list()).filter((hold) => isHeld(hold, now));
  for (const name of authorNames) {
    const queue: QueueName = `author-${name}`;
    if (!consumer.queues.includes(queue)) continue;
    const author = authors(name);
    const own = inForce.filter((hold) => holds(hold, author));
    const rests = own.map(({ code, until }) => {
      const ms = until.epochMilliseconds - now.epochMilliseconds;
      return { ms, who: whoRests(code, ms) };
    });
    // What is left of a long rest is held for all before this worker goes on.
    for (const { ms, who } of rests) if (who === 'all') await producer.hold(queue, ms);
    await consumer.rest(
      queue,
      rests.some(({ who }) => who === 'key'),
    );
  }
  return inForce;
}
