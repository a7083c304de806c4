import type { Clock, Logger } from '@texas-ai/kernel';
import type { Store } from '@texas-ai/life';

/** Follows the database's clock, so that cooldowns, plans and budgets agree across all workers. */
export interface FleetClock extends Clock {
  /** Reads the database's time; keeps the last offset while the database is unavailable. */
  synchronise(): Promise<void>;
}

/** A machine's clock that is off by more than this is logged as a warning, in milliseconds. */
const toleranceMs = 10_000;

export function makeFleetClock({
  own,
  store,
  logger,
}: {
  own: Clock;
  store: Pick<Store, 'now'>;
  logger: Logger;
}): FleetClock {
  let aheadMs = 0;
  const isOff = () => Math.abs(aheadMs) > toleranceMs;
  return {
    now: () => own.now().subtract({ milliseconds: aheadMs }),
    async synchronise() {
      const wasOff = isOff();
      try {
        const now = await store.now();
        aheadMs = own.now().epochMilliseconds - now.epochMilliseconds;
      } catch (error) {
        logger.debug('clock not synchronised', { error });
        return;
      }
      if (isOff() && !wasOff) {
        logger.warn('clock differs from that of the database', { aheadMs });
      }
    },
  };
}
