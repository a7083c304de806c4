/** At most so many items in one statement. */
const maxItems = 200;

/**
 * Runs work for single items in batches: items that arrive while a batch is running wait for the next
 * one, so a single item never waits and many share a statement. `runBatch` returns the results in the
 * order of the items; a promise among them keeps only its own item waiting. If a batch fails, its items are
 * run one by one, so that no item fails because of another.
 */
export function makeBatcher<Item, Result>(
  runBatch: (items: readonly Item[]) => Promise<readonly (Result | Promise<Result>)[]>,
): (item: Item) => Promise<Result> {
  interface Waiting {
    item: Item;
    resolve(result: Result | Promise<Result>): void;
    reject(error: unknown): void;
  }
  const waiting: Waiting[] = [];
  let isRunning = false;

  async function run(batch: readonly Waiting[]): Promise<void> {
    try {
      const results = await runBatch(batch.map(({ item }) => item));
      for (const [index, { resolve }] of batch.entries())
        resolve(results[index] as Result | Promise<Result>);
    } catch (error) {
      if (batch.length === 1) batch[0]?.reject(error);
      else await Promise.all(batch.map((each) => run([each])));
    }
  }

  async function runAll(): Promise<void> {
    isRunning = true;
    while (waiting.length > 0) await run(waiting.splice(0, maxItems));
    isRunning = false;
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!isRunning) void runAll();
    });
}
