import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { afterEach, expect, test } from '@jest/globals';
import { makeLogSpy, startStallingProxy, testServices } from '@texas-ai/testing';
import { Redis } from 'ioredis';
import { makeSharedStore } from './shared-store.js';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

const failFast = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 1,
  commandTimeout: 60_000,
};

async function counter(keyPrefix: string, url = testServices().redisUrl) {
  const connection = new Redis(url, failFast);
  connection.on('error', () => undefined);
  const logger = makeLogSpy();
  const store = makeSharedStore({ connection, keyPrefix, windowMs: 60_000, logger });
  open.push({ close: () => connection.disconnect() });
  const hits = async () => (await store.increment('key')).totalHits;
  const warnings = () => logger.lines.filter(({ level }) => level === 'warn').length;
  return { connection, hits, warnings };
}

async function ready(connection: Redis): Promise<void> {
  if (connection.status !== 'ready') await once(connection, 'ready');
}

test('two processes share one count', async () => {
  const prefix = `texas:test:${randomUUID()}`;
  const [one, two] = [await counter(prefix), await counter(prefix)];
  await Promise.all([ready(one.connection), ready(two.connection)]);
  expect([await one.hits(), await two.hits(), await one.hits()]).toEqual([1, 2, 3]);
});

test('a process counts alone before Redis is reachable and while it is unavailable, then shares again', async () => {
  const prefix = `texas:test:${randomUUID()}`;
  const { connection, hits, warnings } = await counter(prefix);
  // Before the connection is established.
  expect([await hits(), await hits()]).toEqual([1, 2]);
  await ready(connection);
  expect(await hits()).toBe(1);

  connection.disconnect();
  await once(connection, 'end');
  expect([await hits(), await hits()]).toEqual([3, 4]);
  await connection.connect();
  expect(await hits()).toBe(2);
  expect(warnings()).toBe(2);
});

test('the script is loaded again into a Redis that lost it', async () => {
  const { connection, hits } = await counter(`texas:test:${randomUUID()}`);
  await ready(connection);
  expect(await hits()).toBe(1);
  await connection.script('FLUSH');
  expect(await hits()).toBe(2);
});

test('a Redis that hangs delays a request by the command timeout at most', async () => {
  const url = new URL(testServices().redisUrl);
  const proxy = await startStallingProxy(Number(url.port));
  open.push({ close: () => proxy.stop() });
  url.port = String(proxy.port);
  const { connection, hits, warnings } = await counter(`texas:test:${randomUUID()}`, url.href);
  await ready(connection);
  expect(await hits()).toBe(1);
  connection.options.commandTimeout = 100;
  proxy.stall();
  expect([await hits(), await hits()]).toEqual([1, 2]);
  expect(warnings()).toBe(1);
});
