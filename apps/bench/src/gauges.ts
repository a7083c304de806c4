import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';

// Measure the cost of work in this process. Each function returns it with the result of the work.

const sampleMs = 20;
const resolutionMs = 2;

export async function timed<T>(work: () => Promise<T>): Promise<{ seconds: number; result: T }> {
  const startedMs = performance.now();
  const result = await work();
  return { seconds: (performance.now() - startedMs) / 1000, result };
}

/** The current resident memory in MB. */
export function residentNow(): number {
  return process.memoryUsage.rss() / 2 ** 20;
}

/** Measures the peak of resident memory, in MB. */
export async function peakDuring<T>(
  work: () => Promise<T>,
): Promise<{ megabytes: number; result: T }> {
  let megabytes = residentNow();
  const sample = () => {
    megabytes = Math.max(megabytes, residentNow());
  };
  const timer = setInterval(sample, sampleMs);
  try {
    const result = await work();
    sample();
    return { megabytes, result };
  } finally {
    clearInterval(timer);
  }
}

/** Measures the longest time that the event loop was blocked, in milliseconds. */
export async function longestBlockDuring<T>(
  work: () => Promise<T>,
): Promise<{ longestBlockMs: number; result: T }> {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  try {
    const result = await work();
    // A delay is recorded only when it is over.
    await pause(2 * resolutionMs);
    return { longestBlockMs: delay.max / 1e6, result };
  } finally {
    delay.disable();
  }
}
