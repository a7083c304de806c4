import { asTexasError } from '@texas-ai/kernel';
import { isFree, isLastTry } from './retry.js';
import type { Repositories } from './store.js';

interface FailedStep {
  generationId: string;
  /** Null where it cannot be told: then any run of the generation fails. */
  run: number | null;
  chapter?: number | undefined;
}

/**
 * Decides on a step that failed: tried again, or given up and its generation marked failed with the
 * failure's code and our own words. Tries are counted in the step's row. Tells whether it is over.
 */
export async function settleFailure(
  generations: Pick<Repositories['generations'], 'triesOf' | 'forgiveTry' | 'fail'>,
  { generationId, run, chapter }: FailedStep,
  failure: unknown,
): Promise<{ over: boolean; tries: number }> {
  if (isFree(failure)) {
    // Where storage is what failed, the try stays counted and the next success makes up for it.
    await generations.forgiveTry(generationId, chapter).catch(() => undefined);
    return { over: false, tries: 1 };
  }
  const tries = await generations.triesOf(generationId, chapter);
  if (!isLastTry(failure, tries)) return { over: false, tries };
  const { code, message } = asTexasError(failure);
  await generations.fail(generationId, run, code, message);
  return { over: true, tries };
}
