import type { ConsumerOptions, JobSettlement } from '@texas-ai/jobs';
import type { Alerts, Logger, TexasError } from '@texas-ai/kernel';
import {
  type Generation,
  isProbed,
  type OnProgress,
  type Settlement,
  type StepFailureDeps,
  settleFailure,
} from '@texas-ai/life';
import { z } from 'zod';
import { troubleOf } from './alert-conditions.js';

const stepIds = z.object({
  generationId: z.uuid(),
  run: z.number().int().nullable().catch(null),
  chapter: z.number().int().optional().catch(undefined),
});

export interface SettleDeps extends StepFailureDeps {
  logger: Logger;
  alerts: Alerts;
  onProgress: OnProgress;
  /** Told of a generation that failed for good. */
  onFailed(generation: Generation, code: string): void;
  /** Told that an author rests from now on. */
  onHeld(): void;
}

/** Decides on a failed job by the retry policy; a generation whose step is given up says why. */
export function makeSettle(deps: SettleDeps): ConsumerOptions['settle'] {
  const { logger, alerts, onProgress, onFailed, onHeld } = deps;
  return async ({ name, payload }, failure) => {
    const step = stepIds.safeParse(payload);
    if (!step.success) return settleOther(deps, name, failure);
    const settlement = await settleFailure(deps, step.data, failure);
    say(logger, settlement, failure);
    if (settlement.kind === 'fell-back' || settlement.kind === 'failed') {
      onProgress(step.data.generationId);
    }
    if (settlement.kind === 'failed' && settlement.generation) {
      onFailed(settlement.generation, failure.code);
    }
    if (settlement.kind === 'held' || isProbed(failure.code)) onHeld();
    const trouble = troubleOf(settlement, failure);
    if (trouble) await alerts.raise(trouble);
    return jobSettlement(settlement);
  };
}

/** Failures that pass: something is away, or somebody else was quicker. */
const tryAgainCodes: ReadonlySet<string> = new Set([
  'storage_unavailable',
  'storage_conflict',
  'queue_unavailable',
  'aborted',
]);

/** Jobs that belong to no generation are made anew by their schedule, or looked for by somebody. */
function settleOther(
  { logger, timing }: SettleDeps,
  job: string,
  failure: TexasError,
): JobSettlement {
  const passes = tryAgainCodes.has(failure.code);
  if (!passes) {
    logger.error('job given up', { job, code: failure.code, error: failure });
    return { kind: 'over' };
  }
  logger.warn('job handed back', { job, code: failure.code });
  return { kind: 'handed-back', delayMs: failure.code === 'aborted' ? 0 : timing.retryStorageMs };
}

function jobSettlement(settlement: Settlement): JobSettlement {
  switch (settlement.kind) {
    case 'fell-back':
    case 'failed':
      return { kind: 'over' };
    default:
      return settlement;
  }
}

function say(logger: Logger, settlement: Settlement, failure: TexasError): void {
  const fields = { code: failure.code, error: failure };
  switch (settlement.kind) {
    case 'again': {
      const { delayMs, failures } = settlement;
      logger.warn('step failed, will be tried again', { ...fields, failures, delayMs });
      break;
    }
    case 'handed-back':
      logger.info('step handed back', { code: failure.code, delayMs: settlement.delayMs });
      break;
    case 'held': {
      const { ms, by, began } = settlement;
      // Keeping to our own rates is no trouble.
      const degraded = began && failure.details.ownRates !== true;
      logger[degraded ? 'warn' : 'info']('author rests', { code: failure.code, ms, by });
      break;
    }
    case 'fell-back':
      logger.warn('step given up, the offline author goes on', fields);
      break;
    case 'failed':
      if (settlement.generation) logger.error('step given up, generation failed', fields);
      else logger.info('step given up, its generation is over already', { code: failure.code });
      break;
  }
}
