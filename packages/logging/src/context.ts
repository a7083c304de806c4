import { AsyncLocalStorage } from 'node:async_hooks';
import type { LogFields } from '@texas-ai/kernel';

const storage = new AsyncLocalStorage<LogFields>();

/**
 * Runs `work` with fields (requestId, generationId, …) for every line that it logs, also after awaits.
 * Contexts nest: the fields of an inner one override those of the outer one.
 */
export function runWithLogContext<T>(fields: LogFields, work: () => T): T {
  return storage.run({ ...storage.getStore(), ...fields }, work);
}

/** The fields of the current context, for example to pass the requestId to a job. */
export function logContext(): LogFields {
  return storage.getStore() ?? {};
}
