import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { makeOwner, type Owner } from '@texas-ai/kernel';
import { fakeOnly, makeLogSpy, testServices, until } from '@texas-ai/testing';
import { connectConsumer, connectProducer, untilReady } from './connection.js';

let owner: Owner = makeOwner();
beforeEach(() => {
  // Time-outs strike when a test says so.
  jest.useFakeTimers(fakeOnly('setTimeout', 'clearTimeout'));
});
afterEach(async () => {
  jest.useRealTimers();
  await owner.closeAll();
  owner = makeOwner();
});

const { redisUrl: url } = testServices();
const connectOptions = () => ({ url, logger: makeLogSpy() });

test('a closed connection leaves no socket timeout that closes the next one', async () => {
  const silenceMs = 60_000;
  const consuming = owner.own(connectConsumer(connectOptions()), (each) => each.disconnect());
  // What was under way is not sent again here, so that the next connection has nothing to wait for.
  const blocking = owner.own(
    consuming.duplicate({ socketTimeout: silenceMs, autoResendUnfulfilledCommands: false }),
    (each) => each.disconnect(),
  );
  await untilReady(blocking);
  const killer = owner.own(connectProducer(connectOptions()), (each) => each.disconnect());
  await untilReady(killer);
  const id = await blocking.client('ID');
  const closes: string[] = [];
  blocking.on('close', () => closes.push('close'));
  const back = new Promise<void>((resolve) => blocking.once('ready', () => resolve()));
  blocking.blpop('nothing-here', 5).catch(() => undefined);
  await killer.client('KILL', 'ID', id);
  // It tries again within two seconds.
  await until(() => closes.length > 0);
  await jest.advanceTimersByTimeAsync(2_000);
  await back;
  await jest.advanceTimersByTimeAsync(2 * silenceMs);
  expect(await blocking.ping()).toBe('PONG');
  expect(closes).toEqual(['close']);
});

test('a connection to a replica reconnects after a rejected write', async () => {
  const connection = owner.own(connectProducer(connectOptions()), (each) => each.disconnect());
  const { reconnectOnError } = connection.options;
  expect(
    reconnectOnError?.(new Error("READONLY You can't write against a read only replica.")),
  ).toBe(2);
  expect(reconnectOnError?.(new Error('OOM command not allowed'))).toBe(false);
  expect(owner.own(connectConsumer(connectOptions()), (each) => each.disconnect()).options).toEqual(
    expect.objectContaining({ reconnectOnError }),
  );
});
