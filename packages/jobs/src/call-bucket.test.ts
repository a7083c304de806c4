import { randomUUID } from 'node:crypto';
import { afterEach, expect, jest, test } from '@jest/globals';
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

const minuteMs = 60_000;

/** Two processes' buckets of one key. */
async function buckets(limits: Partial<CallBucketOptions>, prefix = `test-${randomUUID()}`) {
  const make = async () => {
    const connection = await redis();
    await untilReady(connection);
    const bucket = makeCallBucket({
      connection,
      prefix,
      name: 'gemini:key',
      requestsPerMinute: null,
      tokensPerMinute: null,
      ...limits,
    });
    if (!bucket) throw new Error('There is a limit.');
    return bucket;
  };
  return Promise.all([make(), make()]);
}

test('without limits there is no bucket', async () => {
  const connection = await redis();
  const none = { requestsPerMinute: null, tokensPerMinute: null };
  expect(makeCallBucket({ connection, name: 'x', ...none })).toBeNull();
});

test('two processes share the limit of requests, and learn when there is room again', async () => {
  const [one, other] = await buckets({ requestsPerMinute: 5 });
  const rooms = await Promise.all(
    Array.from({ length: 12 }, (_, index) => (index % 2 ? one : other).take(1)),
  );
  const full = rooms.map(({ waitMs }) => waitMs).filter((ms) => ms > 0);
  expect(full).toHaveLength(7);
  for (const ms of full) expect(ms).toBeLessThanOrEqual(minuteMs);
});

test('the next window starts empty, and corrections of the previous one do not affect it', async () => {
  const prefix = `test-${randomUUID()}`;
  const [one, other] = await buckets({ tokensPerMinute: 1_000 }, prefix);
  const connection = await redis();
  await untilReady(connection);
  const realNow = performance.now.bind(performance);
  let aheadMs = 0;
  const now = jest.spyOn(performance, 'now').mockImplementation(() => realNow() + aheadMs);
  try {
    // The reply arrives late, after Redis has started the window.
    setImmediate(() => {
      aheadMs = 5_000;
    });
    const before = await one.take(1_000);
    const { waitMs } = await other.take(400);
    expect(waitMs).toBeGreaterThan(0);
    // What Redis does when that time is over.
    await connection.del(await connection.keys(`${prefix}:*`));
    aheadMs = waitMs;
    expect((await other.take(400)).waitMs).toBe(0);
    // It used less than was expected, in a minute that is over.
    await before.used(100);
    expect((await other.take(601)).waitMs).toBeGreaterThan(0);
  } finally {
    now.mockRestore();
  }
});

test('tokens are limited too, and corrected by the actual usage', async () => {
  const [one, other] = await buckets({ tokensPerMinute: 1_000 });
  const first = await one.take(900);
  // It used less than was expected, so there is room for the other at once.
  await first.used(100);
  const second = await other.take(800);
  expect(second.waitMs).toBe(0);
  // It used more, so the next one has none.
  await second.used(1_300);
  expect((await one.take(100)).waitMs).toBeGreaterThan(0);
});

test('a refused call takes neither a request nor tokens', async () => {
  const [one, other] = await buckets({ requestsPerMinute: 2, tokensPerMinute: 1_000 });
  const first = await one.take(500);
  for (let times = 0; times < 5; times++) {
    expect((await other.take(800)).waitMs).toBeGreaterThan(0);
  }
  await first.used(100);
  expect((await other.take(800)).waitMs).toBe(0);
});

test('a call that was not made gives back its request and tokens', async () => {
  const [one, other] = await buckets({ requestsPerMinute: 1, tokensPerMinute: 1_000 });
  await (await one.take(1_000)).release();
  expect((await other.take(1_000)).waitMs).toBe(0);
  expect((await one.take(1)).waitMs).toBeGreaterThan(0);
});

test('a call of more tokens than the limit is allowed, and uses up the minute', async () => {
  const [one] = await buckets({ tokensPerMinute: 1_000 });
  const large = await one.take(50_000);
  expect(large.waitMs).toBe(0);
  await large.used(40_000);
  expect((await one.take(1)).waitMs).toBeGreaterThan(0);
});

test('each process counts for itself while Redis is unavailable', async () => {
  const connection = await redis('redis://127.0.0.1:1');
  const bucket = makeCallBucket({
    connection,
    name: 'gemini:key',
    requestsPerMinute: 1,
    tokensPerMinute: null,
  });
  expect((await bucket?.take(1))?.waitMs).toBe(0);
  expect((await bucket?.take(1))?.waitMs).toBeGreaterThan(0);
});
