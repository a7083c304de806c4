import { setTimeout as pause } from 'node:timers/promises';

/**
 * Polls until the condition holds. The limit in seconds only ends a test that would hang: it says
 * nothing about how fast anything has to be. Rejects when it is exceeded, and at once with whatever
 * the condition itself throws.
 */
export async function until(
  condition: () => Promise<boolean> | boolean,
  seconds = 60,
  everyMs = 20,
): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`Not true within ${seconds} s: ${condition}`);
    await pause(everyMs);
  }
}
