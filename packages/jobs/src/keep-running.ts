import type { Logger } from '@texas-ai/kernel';
import type { Worker } from 'bullmq';

/** A worker that is made anew should its loop ever end by itself. */
export interface KeptWorker {
  worker(): Worker;
  close(): Promise<void>;
}

const checkMs = 5_000;

export function keepRunning(
  make: () => Worker,
  { queue, logger }: { queue: string; logger: Logger },
): KeptWorker {
  let worker = make();
  let strikes = 0;
  const timer = setInterval(() => {
    // Between two runs it may stand still for a moment, and resting is no fault.
    strikes = worker.isRunning() || worker.isPaused() ? 0 : strikes + 1;
    if (strikes < 2) return;
    strikes = 0;
    logger.warn('worker stood still and is made anew', { queue });
    const old = worker;
    worker = make();
    old.close(true).catch((error) => logger.debug('old worker not closed', { queue, error }));
  }, checkMs).unref();
  return {
    worker: () => worker,
    async close() {
      clearInterval(timer);
      await worker.close();
    },
  };
}
