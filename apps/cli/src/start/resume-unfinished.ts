import { connectProducer, makeProducer, openQueues, untilReady } from '@texas-ai/jobs';
import { type Logger, makeOwner } from '@texas-ai/kernel';
import { recoverStalled, type Store } from '@texas-ai/life';

/** Resumes generations whose jobs are lost, for example because an earlier start used another Redis. */
export async function resumeUnfinished({
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
    if (generations > 0) logger.info('unfinished generations resumed', { generations });
  } finally {
    await owner.closeAll();
  }
}
