let stop: AbortController | undefined;

/** Aborted by Ctrl-C and by SIGTERM: what is under way then cleans up after itself. */
export function stopSignal(): AbortSignal {
  if (!stop) {
    const stopping = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => stopping.abort());
    }
    stop = stopping;
  }
  return stop.signal;
}
