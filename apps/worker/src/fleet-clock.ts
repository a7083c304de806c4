import type { Clock, Logger } from '@texas-ai/kernel';
import type { Store } from '@texas-ai/life';

/** The database's clock, by which all workers hold, plan and spend, however their own ones stand. */
export interface FleetClock extends Clock {
  /** Sets it by the database; goes on as it is where that does not answer. */
  agree(): Promise<void>;
}

/** How far a machine's own clock may be off, in milliseconds, before somebody is to look after it. */
const noticedMs = 10_000;

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
  const isOff = () => Math.abs(aheadMs) > noticedMs;
  return {
    now: () => own.now().subtract({ milliseconds: aheadMs }),
    async agree() {
      const wasOff = isOff();
      try {
        const there = await store.now();
        aheadMs = own.now().epochMilliseconds - there.epochMilliseconds;
      } catch (error) {
        logger.debug('clock not set', { error });
        return;
      }
      if (isOff() && !wasOff) {
        logger.warn('the clock of this machine is not that of the database', { aheadMs });
      }
    },
  };
}
