import { expect, jest, test } from '@jest/globals';
import { TexasError } from '@texas-ai/kernel';
import { storeWithRetry } from './store-with-retry.js';

const away = new TexasError('storage_unavailable', 'The database does not respond.');
const never = new AbortController().signal;

/** Fails this number of times, then stores. */
function storing(failures: number, failure: unknown = away) {
  let tries = 0;
  const store = jest.fn(async () => {
    tries += 1;
    if (tries <= failures) throw failure;
    return 'stored';
  });
  return store;
}

test('stores at once if storage is available', async () => {
  const store = storing(0);
  await expect(storeWithRetry({ storeRetryMs: 10_000 }, never, store)).resolves.toBe('stored');
  expect(store).toHaveBeenCalledTimes(1);
});

test('retries until storage is available again', async () => {
  const store = storing(3);
  // The pause between two tries is a tenth of the limit.
  await expect(storeWithRetry({ storeRetryMs: 1_000 }, never, store)).resolves.toBe('stored');
  expect(store).toHaveBeenCalledTimes(4);
});

test('stops retrying after the limit and rejects with the last failure', async () => {
  const store = storing(1_000);
  await expect(storeWithRetry({ storeRetryMs: 40 }, never, store)).rejects.toBe(away);
  const { length } = store.mock.calls;
  expect(length).toBeGreaterThanOrEqual(2);
  expect(length).toBeLessThanOrEqual(11);
});

test('does not retry without a positive limit', async () => {
  const store = storing(1);
  await expect(storeWithRetry({ storeRetryMs: -1 }, never, store)).rejects.toBe(away);
  expect(store).toHaveBeenCalledTimes(1);
});

test('rejects at once with other failures', async () => {
  for (const failure of [new TexasError('storage_conflict', 'Too late.'), new Error('A bug.')]) {
    const store = storing(1, failure);
    await expect(storeWithRetry({ storeRetryMs: 10_000 }, never, store)).rejects.toBe(failure);
    expect(store).toHaveBeenCalledTimes(1);
  }
});

test('does not wait once the signal is aborted', async () => {
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
  const storingAgain = storeWithRetry({ storeRetryMs: 600_000 }, waiting.signal, again);
  // Without the signal it would wait a second before its second try.
  setImmediate(() => waiting.abort());
  await expect(storingAgain).resolves.toBe('stored');
  expect(again).toHaveBeenCalledTimes(2);
});
