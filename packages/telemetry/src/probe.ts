/** Resolves with the result; undefined if it fails or is late. */
export type Probe<T> = () => Promise<T | undefined>;

export interface ProbeOptions {
  /** How long a caller waits. */
  timeoutMs?: number;
  /** How long a result is shared with later callers. */
  maxAgeMs?: number;
}

/**
 * Wraps a check that may hang. Only one runs at a time, for all callers, so that frequent requests cannot
 * pile up checks on a slow database.
 */
export function makeProbe<T>(
  check: () => Promise<T>,
  { timeoutMs = 1_500, maxAgeMs = 1_000 }: ProbeOptions = {},
): Probe<T> {
  let running: Promise<T | undefined> | null = null;

  function shared(): Promise<T | undefined> {
    running ??= check()
      .catch(() => undefined)
      .finally(() => {
        setTimeout(() => {
          running = null;
        }, maxAgeMs).unref();
      });
    return running;
  }

  return async () => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), timeoutMs);
    });
    return Promise.race([shared(), late]).finally(() => clearTimeout(timer));
  };
}
