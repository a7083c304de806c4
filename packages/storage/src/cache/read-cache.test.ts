import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { afterEach, expect, test } from '@jest/globals';
import { TexasError } from '@texas-ai/kernel';
import { makeLogSpy, testServices } from '@texas-ai/testing';
import { Redis } from 'ioredis';
import { makeReadCache, type ReadCache, type ReadCacheOptions } from './read-cache.js';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function openCache(options: Partial<ReadCacheOptions> = {}) {
  const connection = new Redis(testServices().redisUrl, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: 60_000,
  });
  connection.on('error', () => undefined);
  await once(connection, 'ready');
  const prefix = options.prefix ?? `texas:test:${randomUUID()}`;
  const cache = makeReadCache({ connection, logger: makeLogSpy(), prefix, ...options });
  open.push(
    () => connection.disconnect(),
    () => cache.close(),
  );
  return { cache, connection, prefix };
}

const away = () => Promise.reject(new TexasError('storage_unavailable', 'away'));

async function read(cache: ReadCache, build: () => Promise<unknown>, key = 'key') {
  const found = await cache.read(key, 3600, build);
  return found && { text: found.entry.bytes.toString(), stale: found.stale };
}

test('concurrent reads share one build, then memory has the bytes', async () => {
  const { cache } = await openCache();
  let builds = 0;
  const build = async () => {
    builds += 1;
    return { value: '德克萨斯' };
  };
  expect(cache.peek('key')).toBeUndefined();
  const results = await Promise.all(Array.from({ length: 50 }, () => read(cache, build)));
  expect(new Set(results.map((each) => each?.text))).toEqual(new Set(['{"value":"德克萨斯"}']));
  expect(builds).toBe(1);
  expect(cache.peek('key')).toBe((await cache.read('key', 3600, build))?.entry);
  expect(cache.peek('key')?.etag).toMatch(/^"[\w-]{27}"$/);
});

test('another process reads it from Redis, repeatedly, with the same ETag', async () => {
  const { cache: one, prefix } = await openCache();
  const { cache: two } = await openCache({ prefix });
  await read(one, async () => ({ n: 1 }));
  const never = () => Promise.reject(new Error('built again'));
  expect(await read(two, never)).toEqual({ text: '{"n":1}', stale: false });
  expect(await read(two, never)).toEqual({ text: '{"n":1}', stale: false });
  expect(two.peek('key')).toEqual(one.peek('key'));
});

test('null is not cached', async () => {
  const { cache } = await openCache();
  expect(await read(cache, async () => null)).toBeNull();
  expect(await read(cache, async () => ({ n: 1 }))).toEqual({ text: '{"n":1}', stale: false });
});

test('a dropped entry is rebuilt, also by processes whose memory was emptied', async () => {
  const { cache: one, prefix } = await openCache();
  const { cache: two } = await openCache({ prefix });
  const { cache: worker } = await openCache({ prefix, memoryEntries: 0 });
  await read(one, async () => ({ n: 1 }));
  await read(two, async () => ({ n: 1 }));
  await worker.drop('key');
  two.emptyMemory();
  expect(await read(two, async () => ({ n: 2 }))).toEqual({ text: '{"n":2}', stale: false });
  expect(one.peek('key')).toBeDefined();
  await one.drop('key');
  expect(one.peek('key')).toBeUndefined();
  expect(await read(one, async () => ({ n: 3 }))).toEqual({ text: '{"n":3}', stale: false });
});

test('an old entry whose build overlapped the drop is dropped again later', async () => {
  const { cache, prefix } = await openCache({ dropAgainMs: 60_000 });
  const { cache: slow } = await openCache({ prefix });
  let publish: (() => void) | undefined;
  const published = new Promise<void>((resolve) => {
    publish = resolve;
  });
  // The build has read the old day; the drop precedes its storing.
  const building = read(slow, () => published.then(() => ({ n: 'old' })));
  await cache.drop('key');
  publish?.();
  await building;
  // Runs the pending second drop.
  await cache.close();
  slow.emptyMemory();
  expect(await read(slow, async () => ({ n: 'new' }))).toEqual({
    text: '{"n":"new"}',
    stale: false,
  });
});

test('a stale entry serves and is marked while the database is unavailable', async () => {
  const { cache } = await openCache();
  await expect(read(cache, away)).rejects.toMatchObject({ code: 'storage_unavailable' });
  await read(cache, async () => ({ n: 1 }));
  await cache.drop('key');
  expect(await read(cache, away)).toEqual({ text: '{"n":1}', stale: true });
  // During the backoff no build is tried, and the entry is still marked.
  expect(await read(cache, away)).toEqual({ text: '{"n":1}', stale: true });
  expect(cache.peek('key')).toBeUndefined();
  await cache.drop('key');
  expect(await read(cache, async () => ({ n: 2 }))).toEqual({ text: '{"n":2}', stale: false });
});

test('an entry rebuilt by another process is not stale', async () => {
  const { cache: one, prefix } = await openCache();
  const { cache: two } = await openCache({ prefix });
  await read(one, async () => ({ n: 1 }));
  await read(two, async () => ({ n: 1 }));
  await one.drop('key');
  two.emptyMemory();
  expect(await read(two, away)).toEqual({ text: '{"n":1}', stale: true });
  // The other process rebuilds the entry, and this one reads it from Redis.
  expect(await read(one, async () => ({ n: 1 }))).toEqual({ text: '{"n":1}', stale: false });
  two.emptyMemory();
  const never = () => Promise.reject(new Error('built again'));
  expect(await read(two, never)).toEqual({ text: '{"n":1}', stale: false });
  expect(two.peek('key')).toBeDefined();
});

test('a build that hangs is not waited for while a stale entry can serve', async () => {
  const { cache } = await openCache();
  await read(cache, async () => ({ n: 1 }));
  await cache.drop('key');
  const hanging = new Promise<never>(() => undefined);
  expect(await read(cache, () => hanging)).toMatchObject({ text: '{"n":1}', stale: true });
  // The first build still holds bentocache's lock.
  expect(await read(cache, () => hanging)).toMatchObject({ text: '{"n":1}', stale: true });
});

test('while Redis is unavailable reads succeed and drops reject', async () => {
  const { cache, connection } = await openCache();
  connection.disconnect();
  await once(connection, 'end');
  expect(await read(cache, async () => ({ n: 1 }))).toEqual({ text: '{"n":1}', stale: false });
  expect(cache.peek('key')).toBeDefined();
  await expect(cache.drop('key')).rejects.toMatchObject({ code: 'queue_unavailable' });
  expect(cache.peek('key')).toBeUndefined();
});
