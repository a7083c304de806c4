import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';

const resolutionMs = 2;

/** For how many milliseconds the work held this process's event loop at most, and what it answers. */
export async function holdDuring<T>(
  work: () => Promise<T>,
): Promise<{ longestHoldMs: number; result: T }> {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  try {
    const result = await work();
    // A hold shows only once it is over.
    await pause(2 * resolutionMs);
    return { longestHoldMs: delay.max / 1e6, result };
  } finally {
    delay.disable();
  }
}
