import { connectProducer, makeProducer, openQueues, untilReady } from '@texas-ai/jobs';
import { type Logger, makeOwner } from '@texas-ai/kernel';
import { resumeGeneration, type Store } from '@texas-ai/life';

const atMost = 500;

/** Generations whose jobs got lost, for example with the Redis of another time, go on. */
export async function takeUpUnfinished({
  store,
  redisUrl,
  logger,
}: {
  store: Store;
  redisUrl: string;
  logger: Logger;
}): Promise<void> {
  const unfinished = await store.generations.unfinished(atMost);
  if (unfinished.length === 0) return;
  const owner = makeOwner();
  try {
    const connection = owner.own(connectProducer({ url: redisUrl, logger }), (each) =>
      each.disconnect(),
    );
    const queues = owner.own(openQueues({ connection, logger }), (each) => each.close());
    const steps = makeProducer(queues);
    await untilReady(connection);
    for (const generation of unfinished) await resumeGeneration({ store, steps }, generation);
    logger.info('unfinished generations taken up', { count: unfinished.length });
  } finally {
    await owner.closeAll();
  }
}
