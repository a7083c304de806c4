import type { ConsumerOptions } from '@texas-ai/jobs';
import type { Alerts, Logger } from '@texas-ai/kernel';
import { runWithLogContext } from '@texas-ai/logging';
import type { JobMetrics } from '@texas-ai/telemetry';
import { z } from 'zod';
import { slowStep } from './failures/alert-conditions.js';

/** A step that takes longer is logged as slow, in milliseconds. */
const slowStepMs = 30_000;

/** Jobs without a time limit. */
const unlimited: ReadonlySet<string> = new Set(['backup', 'verify-backup', 'prune']);

const ids = z.object({
  requestId: z.string().nullable().catch(null),
  generationId: z.string().nullable().catch(null),
});

/** Runs a job with its ids in the log context, and logs one line about it. */
export function runJob({
  logger,
  alerts,
  workerMetrics,
}: {
  logger: Logger;
  alerts: Alerts;
  workerMetrics: { jobs: Pick<JobMetrics, 'slow'> };
}): ConsumerOptions['around'] {
  return async ({ name, id, payload }, work) => {
    const { requestId, generationId } = ids.safeParse(payload).data ?? {};
    await runWithLogContext({ requestId, generationId, job: name, jobId: id }, async () => {
      const startedAt = performance.now();
      const isSlow = () => performance.now() - startedAt > slowStepMs && !unlimited.has(name);
      try {
        await work();
        const ms = Math.round(performance.now() - startedAt);
        if (isSlow()) logger.warn('slow step', { ms });
        else logger.info('step done', { ms });
      } finally {
        if (isSlow()) {
          workerMetrics.jobs.slow(name);
          await alerts.raise(slowStep(name, performance.now() - startedAt));
        }
      }
    });
  };
}
