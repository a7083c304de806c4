import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How much of its size the heap may grow until the next full collection, in per cent. */
const growthPercent = 50;

/**
 * Keeps the heap near what is in use. By default V8 collects all garbage for the first time when there is a
 * lot of it, and then lets the heap grow with the memory of the machine, to several times what is in use.
 * Called once the process has started; blocks it for the time of one collection.
 */
export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${growthPercent}`);
  setFlagsFromString('--expose-gc');
  const collectGarbage: unknown = runInNewContext('globalThis.gc');
  setFlagsFromString('--no-expose-gc');
  if (typeof collectGarbage === 'function') collectGarbage();
}
