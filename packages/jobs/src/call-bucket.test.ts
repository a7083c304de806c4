import { randomUUID } from 'node:crypto';
import { afterEach, expect, test } from '@jest/globals';
import { makeOwner, type Owner } from '@texas-ai/kernel';
import { makeLogSpy, testServices } from '@texas-ai/testing';
import { type CallBucketOptions, makeCallBucket } from './call-bucket.js';
import { connectProducer, untilReady } from './connection.js';

let owner: Owner = makeOwner();
afterEach(async () => {
  await owner.closeAll();
  owner = makeOwner();
});

async function redis(url = testServices().redisUrl) {
  const connection = owner.own(connectProducer({ url, logger: makeLogSpy() }), (each) =>
    each.disconnect(),
  );
  return connection;
}

/** Two processes' buckets of one key, in seconds instead of minutes. */
async function buckets(limits: Partial<CallBucketOptions>) {
  const prefix = `test-${randomUUID()}`;
  const make = async () => {
    const connection = await redis();
    await untilReady(connection);
    const bucket = makeCallBucket({
      connection,
      prefix,
      name: 'gemini:key',
      requestsPerMinute: null,
      tokensPerMinute: null,
      windowSeconds: 1,
      ...limits,
    });
    if (!bucket) throw new Error('There is a limit.');
    return bucket;
  };
  return Promise.all([make(), make()]);
}

const never = new AbortController().signal;

async function secondsFor(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

test('nothing is counted where nothing is limited', async () => {
  const connection = await redis();
  const none = { requestsPerMinute: null, tokensPerMinute: null };
  expect(makeCallBucket({ connection, name: 'x', ...none })).toBeNull();
});

test('two processes together make no more requests than there are', async () => {
  const [one, other] = await buckets({ requestsPerMinute: 5 });
  const took = await secondsFor(() =>
    Promise.all(Array.from({ length: 12 }, (_, index) => [one, other][index % 2]?.take(1, never))),
  );
  // Twelve calls need three windows: two whole ones pass before the last.
  expect(took).toBeGreaterThan(1);
});

test('tokens are counted as well, and corrected by what was used', async () => {
  const [one, other] = await buckets({ tokensPerMinute: 1_000 });
  await one.take(900, never);
  // It used less than was expected, so there is room for the other at once.
  await one.correct(-800);
  expect(await secondsFor(() => other.take(800, never))).toBeLessThan(0.5);
  // It used more, so the next one waits.
  await other.correct(500);
  expect(await secondsFor(() => one.take(100, never))).toBeGreaterThan(0.1);
});

test('a call of more tokens than a minute has is made all the same', async () => {
  const [one] = await buckets({ tokensPerMinute: 1_000 });
  await one.take(50_000, never);
});

test('whoever stops does not wait on', async () => {
  const [one] = await buckets({ requestsPerMinute: 1, windowSeconds: 60 });
  await one.take(1, never);
  const stop = new AbortController();
  const waiting = one.take(1, stop.signal);
  stop.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'aborted' });
});

test('while Redis is away each process counts by itself', async () => {
  const connection = await redis('redis://127.0.0.1:1');
  const bucket = makeCallBucket({
    connection,
    name: 'gemini:key',
    requestsPerMinute: 1,
    tokensPerMinute: null,
    windowSeconds: 60,
  });
  await bucket?.take(1, never);
  const stop = new AbortController();
  const waiting = bucket?.take(1, stop.signal);
  stop.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'aborted' });
});
