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

// Timers stand still unless a test lets them run, so nothing times out because the machine is slow.

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

/** Lets time pass until the work has failed, two minutes at most, and returns its error. */
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

test('a server that hangs before it greets is storage_unavailable', async () => {
  const characters = await behindProxy();
  proxy.stall();
  expect(await failureOf(characters.list({ limit: 1 }))).toMatchObject({
    code: 'storage_unavailable',
  });
});

test('a server that hangs in the middle is storage_unavailable, and is used again when it is back', async () => {
  const characters = await behindProxy();
  await database.raw('SELECT 1');
  proxy.stall();
  expect(await failureOf(characters.list({ limit: 1 }))).toMatchObject({
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
  // They are older than the statement that will have no answer.
  await jest.advanceTimersByTimeAsync(1);
  proxy.stall();
  // As after a failover: whoever connects from now on finds a server.
  proxy.forgive();
  const failure = await failureOf(database.raw('SELECT 1'));
  expect(failure).toMatchObject({ message: expect.stringContaining('Query read timeout') });
  // The pool makes room for others by a timer.
  jest.useRealTimers();
  const after = await three();
  expect([...after].filter((pid) => before.has(pid))).toEqual([]);
});
