import { type AlertRepository, type DeliverDeps, deliver } from '@texas-ai/alerting';
import type { Logger, Temporal } from '@texas-ai/kernel';
import { makeKeyedQueue } from './keyed-queue.js';

export interface DeliverDueDeps {
  alertRepository: AlertRepository;
  delivering: Omit<DeliverDeps, 'alerts'>;
  logger: Logger;
  /** Postpones the deliveries in progress when aborted. */
  signal: AbortSignal;
}

export interface DueDelivery {
  /** Starts to deliver what was due at `before`, except on channels with a delivery in progress. */
  start(before: Temporal.Instant): void;
  /** Resolves once no delivery is in progress. */
  idle(): Promise<void>;
}

const maxDeliveries = 100;

/** Delivers due alerts in order on each channel; a channel that hangs does not block the others. */
export function makeDueDelivery(deps: DeliverDueDeps): DueDelivery {
  const { alertRepository, delivering, logger, signal } = deps;
  const queue = makeKeyedQueue();

  async function deliverTo(channel: string, before: Temporal.Instant): Promise<void> {
    try {
      for (const key of await alertRepository.due(before, maxDeliveries, [channel])) {
        if (signal.aborted) return;
        await deliver({ ...delivering, alerts: alertRepository }, key, signal);
      }
    } catch (error) {
      logger.warn('alerts not delivered, will be retried', { channel, error });
    }
  }

  return {
    start(before) {
      for (const { name } of delivering.channels) queue.run(name, () => deliverTo(name, before));
    },
    idle: queue.idle,
  };
}
