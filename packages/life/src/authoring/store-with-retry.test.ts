import { expect, jest, test } from '@jest/globals';
import { TexasError } from '@texas-ai/kernel';
import { storeWithRetry } from './store-with-retry.js';

const away = new TexasError('storage_unavailable', 'The database does not answer.');
const never = new AbortController().signal;

/** Fails so often, then stores. */
function storing(failures: number, failure: unknown = away) {
  let tries = 0;
  const store = jest.fn(async () => {
    tries += 1;
    if (tries <= failures) throw failure;
    return 'stored';
  });
  return store;
}

test('what was paid for is stored at once where storage is there', async () => {
  const store = storing(0);
  await expect(storeWithRetry({ storeRetryMs: 10_000 }, never, store)).resolves.toBe('stored');
  expect(store).toHaveBeenCalledTimes(1);
});

test('it is stored again and again until storage is back', async () => {
  const store = storing(3);
  // A tenth of what it is held for lies between two tries.
  await expect(storeWithRetry({ storeRetryMs: 1_000 }, never, store)).resolves.toBe('stored');
  expect(store).toHaveBeenCalledTimes(4);
});

test('it is held no longer than so long, then the last failure is told', async () => {
  const store = storing(1_000);
  await expect(storeWithRetry({ storeRetryMs: 40 }, never, store)).rejects.toBe(away);
  const { length } = store.mock.calls;
  expect(length).toBeGreaterThanOrEqual(2);
  expect(length).toBeLessThanOrEqual(11);
});

test('nothing is held where it says so', async () => {
  const store = storing(1);
  await expect(storeWithRetry({ storeRetryMs: -1 }, never, store)).rejects.toBe(away);
  expect(store).toHaveBeenCalledTimes(1);
});

test('a failure that time does not mend is told at once', async () => {
  for (const failure of [new TexasError('storage_conflict', 'Too late.'), new Error('A bug.')]) {
    const store = storing(1, failure);
    await expect(storeWithRetry({ storeRetryMs: 10_000 }, never, store)).rejects.toBe(failure);
    expect(store).toHaveBeenCalledTimes(1);
  }
});

test('a worker that stops tries once more and waits for nothing', async () => {
  const stopping = new AbortController();
  const store = jest.fn(async () => {
    stopping.abort();
    throw away;
  });
  await expect(storeWithRetry({ storeRetryMs: 600_000 }, stopping.signal, store)).rejects.toBe(
    away,
  );
  expect(store).toHaveBeenCalledTimes(1);

  const waiting = new AbortController();
  const again = storing(1);
  const held = storeWithRetry({ storeRetryMs: 600_000 }, waiting.signal, again);
  // It waits a second before its second try, unless it is to stop.
  setImmediate(() => waiting.abort());
  await expect(held).resolves.toBe('stored');
  expect(again).toHaveBeenCalledTimes(2);
});
