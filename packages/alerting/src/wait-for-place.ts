import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '@texas-ai/kernel';
import type { Channel } from './channel.js';

export interface PlaceDeps {
  /** Takes a place in the channel's pace: 0, or the milliseconds until there is one. */
  takePlace(channel: Channel): Promise<number>;
  logger: Logger;
}

/** Time as it passes, in milliseconds. */
interface Time {
  now(): number;
  pause(ms: number, signal: AbortSignal): Promise<void>;
}

const realTime: Time = {
  now: () => performance.now(),
  pause: (ms, signal) => pause(ms, undefined, { signal }),
};

/** How long a place is waited for in all: about as long as the longest window of a pace. */
const longestWaitMs = 20_000;

/**
 * Takes a place in the channel's pace and waits for one that comes soon. Answers 0, or the milliseconds
 * until there is one. Nobody is held up by a pace that nobody can tell of. Rejects where `signal` is
 * aborted meanwhile.
 */
export async function waitForPlace(
  { takePlace, logger }: PlaceDeps,
  channel: Channel,
  signal: AbortSignal,
  time = realTime,
): Promise<number> {
  const end = time.now() + longestWaitMs;
  const ask = () =>
    takePlace(channel).catch((error) => {
      logger.warn('pace not known, the channel is told at once', { channel: channel.name, error });
      return 0;
    });
  let waitMs = await ask();
  while (waitMs > 0 && time.now() + waitMs <= end) {
    await time.pause(waitMs, signal);
    waitMs = await ask();
  }
  return waitMs;
}
