/** Work beside each other, and of each name one at a time. */
export interface Lanes {
  /** Begins the work, which never rejects, unless some of that name is under way. */
  begin(name: string, work: () => Promise<void>): void;
  /** Resolves when what is under way is over. */
  idle(): Promise<void>;
}

export function makeLanes(): Lanes {
  const busy = new Map<string, Promise<void>>();
  return {
    begin(name, work) {
      if (busy.has(name)) return;
      busy.set(
        name,
        work().finally(() => busy.delete(name)),
      );
    },
    async idle() {
      await Promise.all(busy.values());
    },
  };
}
