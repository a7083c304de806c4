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

async function aCache(options: Partial<ReadCacheOptions> = {}) {
  const connection = new Redis(testServices().redisUrl, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: 60_000,
  });
  connection.on('error', () => undefined);
  await once(connection, 'ready');
  const prefix = options.prefix ?? `texas:test:${randomUUID()}`;
  const made = makeReadCache({ connection, logger: makeLogSpy(), prefix, ...options });
  open.push(
    () => connection.disconnect(),
    () => made.close(),
  );
  return { cache: made, connection, prefix };
}

const away = () => Promise.reject(new TexasError('storage_unavailable', 'away'));

/** What the cache answers, in short. */
async function read(cache: ReadCache, build: () => Promise<unknown>, key = 'key') {
  const found = await cache.read(key, 3600, build);
  return found && { text: found.entry.bytes.toString(), stale: found.stale };
}

test('one build however many ask, then memory has the bytes', async () => {
  const { cache } = await aCache();
  let builds = 0;
  const build = async () => {
    builds += 1;
    return { value: '德克萨斯' };
  };
  expect(cache.peek('key')).toBeUndefined();
  const answers = await Promise.all(Array.from({ length: 50 }, () => read(cache, build)));
  expect(new Set(answers.map((each) => each?.text))).toEqual(new Set(['{"value":"德克萨斯"}']));
  expect(builds).toBe(1);
  expect(cache.peek('key')).toBe((await cache.read('key', 3600, build))?.entry);
  expect(cache.peek('key')?.etag).toMatch(/^"[\w-]{27}"$/);
});

test('another process takes it from Redis, more than once, with the same tag', async () => {
  const { cache: one, prefix } = await aCache();
  const { cache: two } = await aCache({ prefix });
  await read(one, async () => ({ n: 1 }));
  const never = () => Promise.reject(new Error('built again'));
  expect(await read(two, never)).toEqual({ text: '{"n":1}', stale: false });
  expect(await read(two, never)).toEqual({ text: '{"n":1}', stale: false });
  expect(two.peek('key')).toEqual(one.peek('key'));
});

test('nothing is not kept', async () => {
  const { cache } = await aCache();
  expect(await read(cache, async () => null)).toBeNull();
  expect(await read(cache, async () => ({ n: 1 }))).toEqual({ text: '{"n":1}', stale: false });
});

test('what was dropped is built anew, by this process and by those whose memory is emptied', async () => {
  const { cache: one, prefix } = await aCache();
  const { cache: two } = await aCache({ prefix });
  const { cache: worker } = await aCache({ prefix, memoryEntries: 0 });
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

test('an old answer that was being built while its day was published is dropped later', async () => {
  const { cache, prefix } = await aCache({ dropAgainMs: 20 });
  const { cache: slow } = await aCache({ prefix });
  let publish: (() => void) | undefined;
  const published = new Promise<void>((resolve) => {
    publish = resolve;
  });
  // The build has read the old day; the drop comes before it is kept.
  const building = read(slow, () => published.then(() => ({ n: 'old' })));
  await cache.drop('key');
  publish?.();
  await building;
  await cache.close();
  slow.emptyMemory();
  expect(await read(slow, async () => ({ n: 'new' }))).toEqual({
    text: '{"n":"new"}',
    stale: false,
  });
});

test('while the database is away an older answer serves and says so; then the new one', async () => {
  const { cache } = await aCache();
  await expect(read(cache, away)).rejects.toMatchObject({ code: 'storage_unavailable' });
  await read(cache, async () => ({ n: 1 }));
  await cache.drop('key');
  expect(await read(cache, away)).toEqual({ text: '{"n":1}', stale: true });
  // Not tried again for a while, and still marked.
  expect(await read(cache, away)).toEqual({ text: '{"n":1}', stale: true });
  expect(cache.peek('key')).toBeUndefined();
  await cache.drop('key');
  expect(await read(cache, async () => ({ n: 2 }))).toEqual({ text: '{"n":2}', stale: false });
});

test('an answer that another process could build is no older one', async () => {
  const { cache: one, prefix } = await aCache();
  const { cache: two } = await aCache({ prefix });
  await read(one, async () => ({ n: 1 }));
  await read(two, async () => ({ n: 1 }));
  await one.drop('key');
  two.emptyMemory();
  expect(await read(two, away)).toEqual({ text: '{"n":1}', stale: true });
  // The database is back, and the other process is the first to notice; here its build comes from Redis.
  expect(await read(one, async () => ({ n: 1 }))).toEqual({ text: '{"n":1}', stale: false });
  two.emptyMemory();
  const never = () => Promise.reject(new Error('built again'));
  expect(await read(two, never)).toEqual({ text: '{"n":1}', stale: false });
  expect(two.peek('key')).toBeDefined();
});

test('a database that hangs is not waited for while there is an older answer', async () => {
  const { cache } = await aCache();
  await read(cache, async () => ({ n: 1 }));
  await cache.drop('key');
  // It never ends: whoever waited for it would not end either.
  const hanging = new Promise<never>(() => undefined);
  expect(await read(cache, () => hanging)).toMatchObject({ text: '{"n":1}', stale: true });
});

test('while Redis is away reads go on and a drop says that it did not reach it', async () => {
  const { cache, connection } = await aCache();
  connection.disconnect();
  await once(connection, 'end');
  expect(await read(cache, async () => ({ n: 1 }))).toEqual({ text: '{"n":1}', stale: false });
  expect(cache.peek('key')).toBeDefined();
  await expect(cache.drop('key')).rejects.toMatchObject({ code: 'queue_unavailable' });
  expect(cache.peek('key')).toBeUndefined();
});
