import { type ErrorCode, TexasError } from '@texas-ai/kernel';

export interface TimeoutOptions {
  /** Milliseconds. */
  timeoutMs: number;
  signal: AbortSignal;
}

/**
 * Runs `work` with a signal that aborts on timeout or when the given signal does. In both cases rejects with `code`,
 * and with a message that distinguishes the two.
 */
export async function withTimeout<T>(
  { timeoutMs, signal }: TimeoutOptions,
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
 * Runs tasks concurrently, like Promise.all, but aborts the others on the first failure and rejects only when all
 * tasks have ended. `start` starts them with the signal that aborts them.
 */
export async function allOrAbort<T extends readonly unknown[]>(
  signal: AbortSignal,
  start: (signal: AbortSignal) => { [K in keyof T]: Promise<T[K]> },
): Promise<T> {
  const controller = new AbortController();
  let first: { failure: unknown } | undefined;
  const tasks = start(AbortSignal.any([signal, controller.signal])).map(
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
