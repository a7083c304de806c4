import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '@texas-ai/kernel';
import type { Channel } from '../channels/channel.js';

export interface SlotDeps {
  /** Acquires a slot of the channel's rate limit: returns 0, or the milliseconds until the next slot. */
  acquire(channel: Channel): Promise<number>;
  logger: Logger;
}

/** A monotonic clock in milliseconds. */
interface Time {
  now(): number;
  pause(ms: number, signal: AbortSignal): Promise<void>;
}

const realTime: Time = {
  now: () => performance.now(),
  pause: (ms, signal) => pause(ms, undefined, { signal }),
};

/** About the longest window of a rate limit. */
const maxWaitMs = 20_000;

/**
 * Acquires a slot of the channel's rate limit, waiting up to `maxWaitMs`. Returns 0, or the milliseconds until the next
 * slot. If the limiter fails, the channel is used at once. Rejects if `signal` aborts during the wait.
 */
export async function waitForSlot(
  { acquire, logger }: SlotDeps,
  channel: Channel,
  signal: AbortSignal,
  time = realTime,
): Promise<number> {
  const end = time.now() + maxWaitMs;
  const tryAcquire = () =>
    acquire(channel).catch((error) => {
      logger.warn('rate limiter failed, sending at once', { channel: channel.name, error });
      return 0;
    });
  let waitMs = await tryAcquire();
  while (waitMs > 0 && time.now() + waitMs <= end) {
    await time.pause(waitMs, signal);
    waitMs = await tryAcquire();
  }
  return waitMs;
}
