import { TexasError } from '@texas-ai/kernel';

/** One signal for two ways in which a call ends early. */
export interface Cancellation {
  readonly signal: AbortSignal;
  /** Throws `aborted` or `author_timeout`, whichever came first, once the signal has fired. */
  throwIfCancelled(): void;
  /** Stops the clock and leaves the caller's signal alone. */
  release(): void;
}

/**
 * Fires with the caller's signal or after `timeoutMs`. The library reports both alike, as an
 * AbortError, so which it was is remembered here.
 */
export function cancellation(caller: AbortSignal, timeoutMs: number): Cancellation {
  const controller = new AbortController();
  const abort = () =>
    controller.abort(new TexasError('aborted', 'The call to Gemini was aborted.'));
  const timer = setTimeout(() => {
    const message = `Gemini did not answer within ${timeoutMs / 1000} s.`;
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
