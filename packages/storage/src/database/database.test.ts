import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import {
  fakeOnly,
  makeLogSpy,
  type StallingProxy,
  startStallingProxy,
  testServices,
} from '@texas-ai/testing';
import { makeStore } from '../store.js';
import { type Database, openDatabase } from './database.js';

// Fake timers: a slow machine causes no timeouts.

let proxy: StallingProxy;
let database: Database;

beforeEach(() => {
  jest.useFakeTimers(fakeOnly('setTimeout', 'clearTimeout', 'performance'));
});
afterEach(async () => {
  jest.useRealTimers();
  await proxy.stop();
  await database.destroy();
});

/** A database behind a proxy that can stall, with limits that only fake time exceeds. */
async function behindProxy(poolMax = 1) {
  const url = new URL(testServices().databaseUrl);
  proxy = await startStallingProxy(Number(url.port));
  url.port = String(proxy.port);
  database = openDatabase({
    url: url.href,
    applicationName: 'texas-test',
    poolMax,
    connectTimeoutSeconds: 60,
    acquireTimeoutSeconds: 120,
    statementTimeoutSeconds: 60,
    idleInTransactionTimeoutSeconds: 60,
    logger: makeLogSpy(),
  });
  return makeStore(database).characters;
}

/** Advances the fake time until the work has failed, at most two minutes, and returns its error. */
async function failureOf(work: PromiseLike<unknown>): Promise<unknown> {
  let failure: unknown;
  Promise.resolve(work).catch((error: unknown) => {
    failure = error;
  });
  for (let minutes = 0; minutes < 2 && !failure; minutes += 0.25) {
    await jest.advanceTimersByTimeAsync(15_000);
  }
  return failure;
}

test('a server that hangs during the handshake is storage_unavailable', async () => {
  const characters = await behindProxy();
  proxy.stall();
  expect(await failureOf(characters.list({ limit: 1 }))).toMatchObject({
    code: 'storage_unavailable',
  });
});

test('a server that hangs during a query is storage_unavailable and is used again once it responds', async () => {
  const characters = await behindProxy();
  await database.raw('SELECT 1');
  proxy.stall();
  expect(await failureOf(characters.list({ limit: 1 }))).toMatchObject({
    code: 'storage_unavailable',
  });
  proxy.resume();
  expect((await database.raw('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
});

test('after a query without a response all older connections are replaced', async () => {
  await behindProxy(3);
  /** The backends of three connections that are in use at the same time. */
  const three = async () => {
    const transactions = await Promise.all([1, 2, 3].map(() => database.transaction()));
    const queries = transactions.map((each) => each.raw('SELECT pg_backend_pid() AS pid'));
    const pids = (await Promise.all(queries)).map(({ rows }) => rows[0].pid);
    await Promise.all(transactions.map((each) => each.rollback()));
    return new Set(pids);
  };
  const before = await three();
  expect(before.size).toBe(3);
  // The connections are older than the statement that gets no response.
  await jest.advanceTimersByTimeAsync(1);
  proxy.stall();
  // As after a failover, new connections reach a server.
  proxy.acceptNew();
  const failure = await failureOf(database.raw('SELECT 1'));
  expect(failure).toMatchObject({ message: expect.stringContaining('Query read timeout') });
  // The pool replaces connections by a timer.
  jest.useRealTimers();
  const after = await three();
  expect([...after].filter((pid) => before.has(pid))).toEqual([]);
});
