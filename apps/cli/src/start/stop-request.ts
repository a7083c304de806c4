import type { ProcessEnvironment } from '@texas-ai/config';
import { TexasError } from '@texas-ai/kernel';
import { watchParents } from '@texas-ai/local-services';

export interface StopRequest {
  /** Aborted when everything should stop; its reason is a TexasError, `aborted` if a person asked. */
  signal: AbortSignal;
  /** Resolves when the signal is aborted. */
  requested: Promise<void>;
  /** Asks for the stop because something cannot go on. */
  because(failure: TexasError): void;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Turns Ctrl-C, SIGTERM, a closed terminal and the death of whoever launched us into one signal.
 * Repeated signals do not cut the stopping short: it is bounded by itself.
 */
export function listenForStop(environment: ProcessEnvironment): StopRequest {
  const controller = new AbortController();
  const because = (failure: TexasError) => controller.abort(failure);
  const asked = () => because(new TexasError('aborted', 'Stopped.'));
  for (const signal of signals) process.on(signal, asked);
  watchParents({ environment, onGone: asked });
  const requested = new Promise<void>((resolve) => {
    controller.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  return { signal: controller.signal, requested, because };
}
