import type { ConsumerOptions } from '@texas-ai/jobs';
import type { Logger } from '@texas-ai/kernel';
import { type OnProgress, retryDelayMs, type Store, settleFailure } from '@texas-ai/life';
import { z } from 'zod';

const stepIds = z.object({
  generationId: z.uuid(),
  run: z.number().int().nullable().catch(null),
  chapter: z.number().int().optional().catch(undefined),
});

/** Decides on a failed job by the retry policy; a generation whose step is given up says why. */
export function makeSettle(deps: {
  store: Pick<Store, 'generations'>;
  logger: Logger;
  onProgress: OnProgress;
}): ConsumerOptions['settle'] {
  const { store, logger, onProgress } = deps;
  return async ({ payload }, failure) => {
    const step = stepIds.safeParse(payload);
    if (!step.success) {
      logger.error('job without a generation given up', { code: failure.code, error: failure });
      return { over: true, delayMs: 0 };
    }
    const { over, tries } = await settleFailure(store.generations, step.data, failure);
    const delayMs = over ? 0 : retryDelayMs(failure, tries, Math.random);
    const fields = { code: failure.code, tries, error: failure };
    if (over) {
      onProgress(step.data.generationId);
      logger.error('step given up, generation failed', fields);
    } else logger.warn('step failed, will be tried again', { ...fields, delayMs });
    return { over, delayMs };
  };
}
