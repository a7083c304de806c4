import type { Consumer, Producer, QueueName } from '@texas-ai/jobs';
import type { Clock } from '@texas-ai/kernel';
import {
  type Authors,
  appliesTo,
  authorNames,
  type Cooldown,
  isCoolingDown,
  queuePauseScope,
  type Store,
} from '@texas-ai/life';

export interface ApplyCooldownsDeps {
  store: Pick<Store, 'cooldowns'>;
  authors: Authors;
  clock: Clock;
  consumer: Pick<Consumer, 'queues' | 'setPaused'>;
  producer: Pick<Producer, 'pauseQueue'>;
}

/**
 * Applies the stored cooldowns to the author queues, even after Redis has lost its state: a queue is
 * paused in this process if the key or model used here was refused or has a long cooldown, and paused for
 * all workers during a short one. Returns the cooldowns in force.
 */
export async function applyCooldowns({
  store,
  authors,
  clock,
  consumer,
  producer,
}: ApplyCooldownsDeps): Promise<Cooldown[]> {
  const now = clock.now();
  const inForce = (await store.cooldowns.list()).filter((cooldown) => isCoolingDown(cooldown, now));
  for (const name of authorNames) {
    const queue: QueueName = `author-${name}`;
    if (!consumer.queues.includes(queue)) continue;
    const author = authors(name);
    const own = inForce.filter((cooldown) => appliesTo(cooldown, author));
    const scopes = own.map(({ code, until }) => {
      const ms = until.epochMilliseconds - now.epochMilliseconds;
      return { ms, scope: queuePauseScope(code, ms) };
    });
    // Near its end, a long cooldown pauses the queue for all workers, before this one takes jobs again.
    for (const { ms, scope } of scopes) if (scope === 'all') await producer.pauseQueue(queue, ms);
    await consumer.setPaused(
      queue,
      scopes.some(({ scope }) => scope === 'key'),
    );
  }
  return inForce;
}
