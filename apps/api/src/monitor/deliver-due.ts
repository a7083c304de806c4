import { type AlertRepository, type DeliverDeps, deliver } from '@texas-ai/alerting';
import type { Logger, Temporal } from '@texas-ai/kernel';
import { makeLanes } from './keyed-queue.js';

export interface DeliverDueDeps {
  alertRepository: AlertRepository;
  delivering: Omit<DeliverDeps, 'alerts'>;
  logger: Logger;
  /** What is under way is put off when it is aborted. */
  signal: AbortSignal;
}

export interface DueDelivery {
  /** Begins to deliver what was due by then. A channel that is still at it goes on with that alone. */
  begin(before: Temporal.Instant): void;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

const mostDeliveries = 100;

/** Delivers what is due, each channel's own in order; a channel that hangs holds up no other. */
export function makeDueDelivery(deps: DeliverDueDeps): DueDelivery {
  const { alertRepository, delivering, logger, signal } = deps;
  const lanes = makeLanes();

  async function deliverTo(channel: string, before: Temporal.Instant): Promise<void> {
    try {
      for (const key of await alertRepository.due(before, mostDeliveries, [channel])) {
        if (signal.aborted) return;
        await deliver({ ...delivering, alerts: alertRepository }, key, signal);
      }
    } catch (error) {
      logger.warn('alerts not delivered, will be tried again', { channel, error });
    }
  }

  return {
    begin(before) {
      for (const { name } of delivering.channels) lanes.begin(name, () => deliverTo(name, before));
    },
    idle: lanes.idle,
  };
}
