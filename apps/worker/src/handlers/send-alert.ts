import { deliver } from '@texas-ai/alerting';
import type { Handler } from '@texas-ai/jobs';
import type { WorkerDeps } from '../deps.js';

export function sendAlertHandler(deps: WorkerDeps): Handler<'send-alert'> {
  const { alertRepository: alerts, channels, takePlace, redact, logger } = deps;
  return ({ alertId, channel, phase }, { signal }) =>
    deliver({ alerts, channels, takePlace, redact, logger }, { alertId, channel, phase }, signal);
}
