type Close = () => unknown;

/** Owns what was opened and closes it in reverse order. */
export interface Owner {
  /** Takes over the closing of something that was just opened, and hands it back. */
  own<T>(resource: T, close: (resource: T) => unknown): T;
  /** Closes everything once; goes on past failures and throws the first of them at the end. */
  closeAll(): Promise<void>;
}

export function makeOwner(): Owner {
  const closes: Close[] = [];
  return {
    own(resource, close) {
      closes.push(() => close(resource));
      return resource;
    },
    async closeAll() {
      const failures: unknown[] = [];
      for (let close = closes.pop(); close; close = closes.pop()) {
        try {
          await close();
        } catch (failure) {
          failures.push(failure);
        }
      }
      if (failures.length > 0) throw failures[0];
    },
  };
}
