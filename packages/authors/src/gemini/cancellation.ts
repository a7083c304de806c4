import { TexasError } from '@texas-ai/kernel';

/** A signal that fires when the caller aborts or the time limit is reached. */
export interface Cancellation {
  readonly signal: AbortSignal;
  /** Throws `aborted` or `author_timeout`, whichever came first, if the signal has fired. */
  throwIfCancelled(): void;
  /** Clears the timer and the listener. */
  release(): void;
}

/** The library reports both as an AbortError, so the signal's reason tells them apart. */
export function cancellation(caller: AbortSignal, timeoutMs: number): Cancellation {
  const controller = new AbortController();
  const abort = () =>
    controller.abort(new TexasError('aborted', 'The call to Gemini was aborted.'));
  const timer = setTimeout(() => {
    const message = `Gemini did not respond within ${timeoutMs / 1000} s.`;
    controller.abort(new TexasError('author_timeout', message, { details: { timeoutMs } }));
  }, timeoutMs);
  caller.addEventListener('abort', abort);
  if (caller.aborted) abort();
  return {
    signal: controller.signal,
    throwIfCancelled: () => controller.signal.throwIfAborted(),
    release: () => {
      clearTimeout(timer);
      caller.removeEventListener('abort', abort);
    },
  };
}
