import { setTimeout as pause } from 'node:timers/promises';

/**
 * Polls until the condition holds. Rejects after `seconds`, which only keeps a test from hanging and is no requirement
 * on speed, and at once if the condition throws.
 */
export async function until(
  condition: () => Promise<boolean> | boolean,
  seconds = 240,
  pollMs = 20,
): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (!(await condition())) {
    if (performance.now() > deadline)
      throw new Error(`Condition not met within ${seconds} s: ${condition}`);
    await pause(pollMs);
  }
}
