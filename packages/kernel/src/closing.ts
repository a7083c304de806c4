type Close = () => unknown;

/** Owns resources and closes them in reverse order. */
export interface Owner {
  /** Registers a resource with its `close`, and returns the resource. */
  own<T>(resource: T, close: (resource: T) => unknown): T;
  /** Closes all resources once; continues after failures, and rejects with the first one at the end. */
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
