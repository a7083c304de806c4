import type { ConsumerOptions } from '@texas-ai/jobs';
import type { Alerts, Logger, TexasError } from '@texas-ai/kernel';
import {
  type FailureDeps,
  type FailureOutcome,
  type Generation,
  handleFailure,
  isProbed,
  type OnProgress,
} from '@texas-ai/life';
import { z } from 'zod';
import { failureAlert } from './alert-conditions.js';

const stepIds = z.object({
  generationId: z.uuid(),
  run: z.number().int().nullable().catch(null),
  chapter: z.number().int().optional().catch(undefined),
});

export interface FailureHandlerDeps extends FailureDeps {
  logger: Logger;
  alerts: Alerts;
  onProgress: OnProgress;
  /** Called for each generation that failed for good. */
  onFailed(generation: Generation, code: string): void;
  /** Called after a cooldown may have begun. */
  onCooldown(): void;
}

/** Applies the retry policy to a failed job, logs the outcome and raises its alert. */
export function makeFailureHandler(deps: FailureHandlerDeps): ConsumerOptions['handleFailure'] {
  const { logger, alerts, onProgress, onFailed, onCooldown } = deps;
  return async ({ name, payload }, failure) => {
    const step = stepIds.safeParse(payload);
    if (!step.success) return handleOther(deps, name, failure);
    const outcome = await handleFailure(deps, step.data, failure);
    logOutcome(logger, outcome, failure);
    if (outcome.kind === 'fell-back' || outcome.kind === 'failed') {
      onProgress(step.data.generationId);
    }
    if (outcome.kind === 'failed' && outcome.generation) {
      onFailed(outcome.generation, failure.code);
    }
    if (outcome.kind === 'held' || isProbed(failure.code)) onCooldown();
    const alert = failureAlert(outcome, failure);
    if (alert) await alerts.raise(alert);
    return outcome;
  };
}

/** Temporary failures: an outage, a shutdown, or a conflict with another process. */
const temporaryCodes: ReadonlySet<string> = new Set([
  'storage_unavailable',
  'storage_conflict',
  'queue_unavailable',
  'aborted',
]);

/** Jobs without a generation: their schedule or the reconciler adds them again. */
function handleOther(
  { logger, timing }: FailureHandlerDeps,
  job: string,
  failure: TexasError,
): FailureOutcome {
  const { code } = failure;
  if (!temporaryCodes.has(code)) {
    logger.error('job given up', { job, code, error: failure });
    return { kind: 'failed', generation: null };
  }
  logger.warn('job handed back', { job, code });
  return { kind: 'handed-back', delayMs: code === 'aborted' ? 0 : timing.retryStorageMs };
}

function logOutcome(logger: Logger, outcome: FailureOutcome, failure: TexasError): void {
  const fields = { code: failure.code, error: failure };
  switch (outcome.kind) {
    case 'again': {
      const { delayMs, failures } = outcome;
      logger.warn('step failed, will be retried', { ...fields, failures, delayMs });
      break;
    }
    case 'handed-back':
      logger.info('step handed back', { code: failure.code, delayMs: outcome.delayMs });
      break;
    case 'held': {
      const { ms, by, began } = outcome;
      // Waiting for our own rate limit is not a degradation.
      const degraded = began && failure.details.ownRates !== true;
      logger[degraded ? 'warn' : 'info']('author in cooldown', { code: failure.code, ms, by });
      break;
    }
    case 'fell-back':
      logger.warn('step given up, the offline author continues', fields);
      break;
    case 'failed':
      if (outcome.generation) logger.error('step given up, generation failed', fields);
      else logger.info('step given up, generation already finished', { code: failure.code });
      break;
  }
}
