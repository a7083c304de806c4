import { deliver } from '@texas-ai/alerting';
import type { Handlers } from '@texas-ai/jobs';
import type { WorkerDeps } from '../deps.js';
import { generationHandlers } from './generation-steps.js';
import { maintenanceHandlers } from './maintenance.js';

/** The handlers of this worker's jobs; does not compile unless every job definition has one. */
export function makeHandlers(deps: WorkerDeps): Handlers {
  return {
    ...generationHandlers(deps),
    ...maintenanceHandlers(deps),
    'send-alert': sendAlertHandler(deps),
  };
}

type Delivering = Pick<
  WorkerDeps,
  'alertRepository' | 'channels' | 'acquire' | 'redact' | 'logger'
>;

export function sendAlertHandler(deps: Delivering): Handlers['send-alert'] {
  const { alertRepository: alerts, channels, acquire, redact, logger } = deps;
  return ({ alertId, channel, phase }, { signal }) =>
    deliver({ alerts, channels, acquire, redact, logger }, { alertId, channel, phase }, signal);
}
