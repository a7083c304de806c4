import { afterEach, expect, test } from '@jest/globals';
import {
  makeLogSpy,
  type StallingProxy,
  startStallingProxy,
  testServices,
} from '@texas-ai/testing';
import { type Database, openDatabase } from './database.js';
import { makeStore } from './store.js';

let proxy: StallingProxy;
let database: Database;

afterEach(async () => {
  await proxy.stop();
  await database.destroy();
});

/** A database behind a way that can stall, with limits of time that are short. */
async function behindProxy(poolMax = 1) {
  const url = new URL(testServices().databaseUrl);
  proxy = await startStallingProxy(Number(url.port));
  url.port = String(proxy.port);
  database = openDatabase({
    url: url.href,
    applicationName: 'texas-test',
    poolMax,
    connectTimeoutSeconds: 0.2,
    acquireTimeoutSeconds: 5,
    statementTimeoutSeconds: 0.2,
    idleInTransactionTimeoutSeconds: 1,
    logger: makeLogSpy(),
  });
  return makeStore(database).characters;
}

test('a server that hangs before it greets is storage_unavailable', async () => {
  const characters = await behindProxy();
  proxy.stall();
  await expect(characters.list({ limit: 1 })).rejects.toMatchObject({
    code: 'storage_unavailable',
  });
});

test('a server that hangs in the middle is storage_unavailable, and is used again when it is back', async () => {
  const characters = await behindProxy();
  await database.raw('SELECT 1');
  proxy.stall();
  await expect(characters.list({ limit: 1 })).rejects.toMatchObject({
    code: 'storage_unavailable',
  });
  proxy.resume();
  expect((await database.raw('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
});

test('connections that are dead and say nothing are all made anew once one had no answer', async () => {
  await behindProxy(3);
  /** Backends of three connections that are held at once. */
  const three = async () => {
    const held = await Promise.all([1, 2, 3].map(() => database.transaction()));
    const asked = held.map((each) => each.raw('SELECT pg_backend_pid() AS pid'));
    const pids = (await Promise.all(asked)).map(({ rows }) => rows[0].pid);
    await Promise.all(held.map((each) => each.rollback()));
    return new Set(pids);
  };
  const before = await three();
  expect(before.size).toBe(3);
  proxy.stall();
  // As after a failover: whoever connects from now on finds a server.
  proxy.forgive();
  await expect(database.raw('SELECT 1')).rejects.toThrow('Query read timeout');
  const after = await three();
  expect([...after].filter((pid) => before.has(pid))).toEqual([]);
});
