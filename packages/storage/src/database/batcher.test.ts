import { expect, test } from '@jest/globals';
import { until } from '@texas-ai/testing';
import { makeBatcher } from './batcher.js';

/** Batches that finish one by one, when the test says so. */
function makeBatches(run: (items: readonly number[]) => number[]) {
  const batches: (readonly number[])[] = [];
  const finish: (() => void)[] = [];
  const double = makeBatcher(async (items: readonly number[]) => {
    batches.push(items);
    await new Promise<void>((resolve) => finish.push(resolve));
    return run(items);
  });
  return { batches, double, finishOne: () => finish.shift()?.() };
}

const doubled = (items: readonly number[]) => items.map((item) => 2 * item);

test('a single item does not wait; those that arrive meanwhile share the next batch', async () => {
  const { batches, double, finishOne } = makeBatches(doubled);
  const first = double(1);
  const others = [2, 3, 4].map(double);
  expect(batches).toEqual([[1]]);
  finishOne();
  expect(await first).toBe(2);
  await until(() => batches.length === 2);
  expect(batches).toEqual([[1], [2, 3, 4]]);
  finishOne();
  expect(await Promise.all(others)).toEqual([4, 6, 8]);
  const last = double(5);
  await until(() => batches.length === 3);
  finishOne();
  expect(await last).toBe(10);
});

test('a batch has at most 200 items', async () => {
  const batches: number[] = [];
  const double = makeBatcher(async (items: readonly number[]) => {
    batches.push(items.length);
    return doubled(items);
  });
  const results = await Promise.all(Array.from({ length: 500 }, (_, item) => double(item)));
  expect(results).toEqual(doubled(Array.from({ length: 500 }, (_, item) => item)));
  expect(batches).toEqual([1, 200, 200, 99]);
});

test('an item that fails its batch fails alone', async () => {
  const double = makeBatcher(async (items: readonly number[]) => {
    if (items.includes(3)) throw new Error('Three is refused.');
    return doubled(items);
  });
  const results = await Promise.allSettled([1, 2, 3, 4].map(double));
  expect(results.map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'fulfilled',
  ]);
  expect(await double(5)).toBe(10);
});

test('a result that is a promise delays and fails only its own item', async () => {
  let fail: (error: Error) => void = () => undefined;
  const late = new Promise<number>((_resolve, reject) => {
    fail = reject;
  });
  const double = makeBatcher(async (items: readonly number[]) =>
    items.map((item) => (item === 2 ? late : 2 * item)),
  );
  const [first, second, third] = [1, 2, 3].map(double);
  expect(await Promise.all([first, third, double(4)])).toEqual([2, 6, 8]);
  fail(new Error('Two is refused.'));
  await expect(second).rejects.toThrow('Two is refused.');
});
