import type { ProcessEnvironment } from '@texas-ai/config';
import { TexasError } from '@texas-ai/kernel';
import { watchParents } from '@texas-ai/local-services';

export interface StopRequest {
  /** Aborted to stop everything. The reason is a TexasError; its code is `aborted` if the user stopped it. */
  signal: AbortSignal;
  /** Resolves when the signal is aborted. */
  requested: Promise<void>;
  /** Requests the stop because of a failure. */
  fail(failure: TexasError): void;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Requests a stop on Ctrl-C, SIGTERM, a closed terminal, or the exit of a parent process. Repeated signals do not cut
 * the shutdown short, which has its own time limits.
 */
export function listenForStop(environment: ProcessEnvironment): StopRequest {
  const controller = new AbortController();
  const fail = (failure: TexasError) => controller.abort(failure);
  const stop = () => fail(new TexasError('aborted', 'Stopped.'));
  for (const signal of signals) process.on(signal, stop);
  watchParents({ environment, onGone: stop });
  const requested = new Promise<void>((resolve) => {
    controller.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  return { signal: controller.signal, requested, fail };
}
