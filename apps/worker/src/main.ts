import { unknownPrice } from '@texas-ai/config';
import type { Consumer } from '@texas-ai/jobs';
import { openProcess, prepareDatabase, runProcess } from '@texas-ai/wiring';
import closeWithGrace from 'close-with-grace';
import { makeDeps, root, type WorkerDeps } from './deps.js';
import { startWork } from './work.js';

await runProcess('worker', root, ({ config, tracing }) => run(makeDeps(config, { tracing })));

/** Runs until a shutdown signal; active jobs get a grace period, then are aborted. */
async function run(deps: WorkerDeps) {
  const { config, logger, readiness, redisSupported, tracing, owner } = deps;
  const starting = new AbortController();
  let consumer: Consumer | null = null;
  const graceMs = config.server.shutdownSeconds * 1000;
  closeWithGrace({ delay: graceMs + 5000, logger: false }, async (reason) => {
    if (reason.err) logger.error('worker failed', { error: reason.err });
    starting.abort();
    readiness.draining = true;
    await consumer?.close(AbortSignal.timeout(graceMs));
    await tracing.stop(logger);
    await owner.closeAll();
  });
  await openProcess(deps);
  try {
    const work = async () => {
      await Promise.all([prepareDatabase(deps, starting.signal), redisSupported.queues()]);
      const unpriced = unknownPrice(config);
      if (unpriced !== null) logger.warn(unpriced);
      consumer = await startWork(deps);
      readiness.started = true;
      logger.info('worker ready', { worker: deps.id, queues: consumer.queues });
    };
    // An unavailable cache delays nothing.
    await Promise.all([work(), redisSupported.cache()]);
  } catch (error) {
    if (!starting.signal.aborted) throw error;
  }
}
