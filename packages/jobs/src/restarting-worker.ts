import type { Logger } from '@texas-ai/kernel';
import type { Worker } from 'bullmq';

/** A BullMQ worker that is replaced if its loop ever stops. */
export interface RestartingWorker {
  worker(): Worker;
  close(): Promise<void>;
}

const checkMs = 5_000;

export function makeRestartingWorker(
  make: () => Worker,
  { queue, logger }: { queue: string; logger: Logger },
): RestartingWorker {
  let worker = make();
  let stoppedChecks = 0;
  const timer = setInterval(() => {
    // Between two runs a worker may be stopped for a moment, and a paused one is fine.
    stoppedChecks = worker.isRunning() || worker.isPaused() ? 0 : stoppedChecks + 1;
    if (stoppedChecks < 2) return;
    stoppedChecks = 0;
    logger.warn('worker stopped, replacing it', { queue });
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
