import { AsyncLocalStorage } from 'node:async_hooks';
import type { LogFields } from '@texas-ai/kernel';

const storage = new AsyncLocalStorage<LogFields>();

/**
 * Runs `work` so that the fields (requestId, generationId, …) appear on each line logged within
 * it, also after awaits. Contexts nest: an inner one adds to the outer one and wins.
 */
export function runWithLogContext<T>(fields: LogFields, work: () => T): T {
  return storage.run({ ...storage.getStore(), ...fields }, work);
}

/** The fields of the context one is in, for example to hand the requestId on to a job. */
export function logContext(): LogFields {
  return storage.getStore() ?? {};
}
