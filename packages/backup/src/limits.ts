import { type ErrorCode, TexasError } from '@texas-ai/kernel';

export interface Limits {
  /** Milliseconds. */
  timeoutMs: number;
  signal: AbortSignal;
}

/**
 * Does work under a signal that aborts after the time, or when the given signal does. Whatever the
 * work then rejects with, this rejects with `code` and says which of the two it was.
 */
export async function withinLimits<T>(
  { timeoutMs, signal }: Limits,
  { code, what }: { code: ErrorCode; what: string },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const stop = () =>
    controller.abort(
      new TexasError(code, `${what} was stopped before it was done.`, { cause: signal.reason }),
    );
  const timer = setTimeout(() => {
    const reason = `${what} took longer than ${timeoutMs / 1000} s and was stopped.`;
    controller.abort(new TexasError(code, reason));
  }, timeoutMs);
  signal.addEventListener('abort', stop, { once: true });
  try {
    if (signal.aborted) stop();
    controller.signal.throwIfAborted();
    return await work(controller.signal);
  } catch (failure) {
    throw controller.signal.aborted ? controller.signal.reason : failure;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

/**
 * Does several things at once under a signal that the first failure aborts; it is thrown once all
 * have ended. `begin` starts them and whatever they share.
 */
export async function together<T extends readonly unknown[]>(
  signal: AbortSignal,
  begin: (signal: AbortSignal) => { [K in keyof T]: Promise<T[K]> },
): Promise<T> {
  const controller = new AbortController();
  let first: { failure: unknown } | undefined;
  const tasks = begin(AbortSignal.any([signal, controller.signal])).map(
    async (task: Promise<unknown>) => {
      try {
        return await task;
      } catch (failure) {
        first ??= { failure };
        controller.abort(failure);
        return undefined;
      }
    },
  );
  const results = await Promise.all(tasks);
  if (first) throw first.failure;
  return results as unknown as T;
}
