/** What the question was answered with; undefined where no answer came in time. */
export type Probe<T> = () => Promise<T | undefined>;

export interface ProbeOptions {
  /** Milliseconds that an answer may take. */
  answerMs?: number;
  /** Milliseconds for which an answer is good for others who ask. */
  goodMs?: number;
}

/**
 * Asks something that may hang. However many ask, one question is under way at a time: neither
 * monitors nor strangers can heap questions on a database that is slow.
 */
export function makeProbe<T>(
  ask: () => Promise<T>,
  { answerMs = 1_500, goodMs = 1_000 }: ProbeOptions = {},
): Probe<T> {
  let asked: Promise<T | undefined> | null = null;

  function shared(): Promise<T | undefined> {
    asked ??= ask()
      .catch(() => undefined)
      .finally(() => {
        setTimeout(() => {
          asked = null;
        }, goodMs).unref();
      });
    return asked;
  }

  return async () => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), answerMs);
    });
    return Promise.race([shared(), late]).finally(() => clearTimeout(timer));
  };
}
