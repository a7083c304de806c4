/** Runs work concurrently, but one at a time for each key. */
export interface KeyedQueue {
  /** Starts the work, which must not reject, unless work for that key is still running. */
  run(key: string, work: () => Promise<void>): void;
  /** Resolves once all running work has ended. */
  idle(): Promise<void>;
}

export function makeKeyedQueue(): KeyedQueue {
  const running = new Map<string, Promise<void>>();
  return {
    run(key, work) {
      if (running.has(key)) return;
      running.set(
        key,
        work().finally(() => running.delete(key)),
      );
    },
    async idle() {
      await Promise.all(running.values());
    },
  };
}
