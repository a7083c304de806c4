import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { afterEach, expect, test } from '@jest/globals';
import { makeLogSpy, startStallingProxy, testServices } from '@texas-ai/testing';
import type { Options } from 'express-rate-limit';
import { Redis } from 'ioredis';
import { SharedCounter } from './shared-counter.js';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

const failingAtOnce = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 1,
  commandTimeout: 60_000,
};

async function counter(prefix: string, url = testServices().redisUrl) {
  const connection = new Redis(url, failingAtOnce);
  connection.on('error', () => undefined);
  const logger = makeLogSpy();
  const made = new SharedCounter({ connection, prefix, logger });
  made.init({ windowMs: 60_000 } as Options);
  open.push({ close: () => [made.shutdown(), connection.disconnect()] });
  const hits = async () => (await made.increment('key')).totalHits;
  const warnings = () => logger.lines.filter(({ level }) => level === 'warn').length;
  return { made, connection, hits, warnings };
}

async function ready(connection: Redis): Promise<void> {
  if (connection.status !== 'ready') await once(connection, 'ready');
}

test('two processes share one count', async () => {
  const prefix = `texas:test:${randomUUID()}:`;
  const [one, two] = [await counter(prefix), await counter(prefix)];
  await Promise.all([ready(one.connection), ready(two.connection)]);
  expect([await one.hits(), await two.hits(), await one.hits()]).toEqual([1, 2, 3]);
});

test('before Redis is there, and while it is away, a process counts by itself; then shares again', async () => {
  const prefix = `texas:test:${randomUUID()}:`;
  const { connection, hits, warnings } = await counter(prefix);
  // Asked before the connection is made.
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

test('a Redis that lost its scripts is taught them again', async () => {
  const { connection, hits } = await counter(`texas:test:${randomUUID()}:`);
  await ready(connection);
  expect(await hits()).toBe(1);
  await connection.script('FLUSH');
  expect(await hits()).toBe(2);
});

test('a Redis that hangs delays a request no longer than a command may take', async () => {
  const url = new URL(testServices().redisUrl);
  const proxy = await startStallingProxy(Number(url.port));
  open.push({ close: () => proxy.stop() });
  url.port = String(proxy.port);
  const { connection, hits, warnings } = await counter(`texas:test:${randomUUID()}:`, url.href);
  await ready(connection);
  expect(await hits()).toBe(1);
  connection.options.commandTimeout = 100;
  proxy.stall();
  expect([await hits(), await hits()]).toEqual([1, 2]);
  expect(warnings()).toBe(1);
});
