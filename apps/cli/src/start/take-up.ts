import { connectProducer, makeProducer, openQueues, untilReady } from '@texas-ai/jobs';
import { type Logger, makeOwner } from '@texas-ai/kernel';
import { recoverStalled, type Store } from '@texas-ai/life';

/** Generations whose jobs got lost, for example with the Redis of another time, go on at once. */
export async function takeUpUnfinished({
  store,
  redisUrl,
  logger,
}: {
  store: Store;
  redisUrl: string;
  logger: Logger;
}): Promise<void> {
  const owner = makeOwner();
  try {
    const connection = owner.own(connectProducer({ url: redisUrl, logger }), (each) =>
      each.disconnect(),
    );
    const queues = owner.own(openQueues({ connection, logger }), (each) => each.close());
    await untilReady(connection);
    const steps = makeProducer(queues);
    const generations = await recoverStalled({ store, steps }, 0);
    if (generations > 0) logger.info('unfinished generations taken up', { generations });
  } finally {
    await owner.closeAll();
  }
}
