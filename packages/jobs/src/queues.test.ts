import { randomUUID } from 'node:crypto';
import { afterEach, expect, test } from '@jest/globals';
import { makeOwner, type Owner, Temporal } from '@texas-ai/kernel';
import type { Step } from '@texas-ai/life';
import { makeLogSpy, startStallingProxy, testServices } from '@texas-ai/testing';
import { startSystem } from '../test/system.js';
import { connectProducer, untilReady } from './connection.js';
import type { QueueName } from './definitions.js';
import { makeProducer } from './producer.js';
import { openQueues } from './queues.js';

let owner: Owner = makeOwner();
afterEach(async () => {
  await owner.closeAll();
  owner = makeOwner();
});

test('a Redis that replies but rejects writes counts as unavailable', async () => {
  const { queues, connection, prefix } = await startSystem(owner);
  await queues.assertWritable();
  const url = Object.assign(new URL(testServices().redisUrl), { username: prefix, password: 'x' });
  await connection.call('ACL', 'SETUSER', prefix, 'on', '>x', '~*', '+@all', '-set');
  const reader = owner.own(connectProducer({ url: url.href, logger: makeLogSpy() }), (each) =>
    each.disconnect(),
  );
  await untilReady(reader);
  const refused = openQueues({ connection: reader, prefix, logger: makeLogSpy() });
  await expect(refused.assertWritable()).rejects.toMatchObject({ code: 'queue_unavailable' });
  expect(await reader.ping()).toBe('PONG');
  await connection.call('ACL', 'DELUSER', prefix);
});

test('a queue first used while Redis hangs works once Redis is back', async () => {
  const url = new URL(testServices().redisUrl);
  const proxy = owner.own(await startStallingProxy(Number(url.port)), (each) => each.stop());
  url.port = String(proxy.port);
  const logger = makeLogSpy();
  const connection = owner.own(connectProducer({ url: url.href, logger }), (each) =>
    each.disconnect(),
  );
  await untilReady(connection);
  const queues = owner.own(
    openQueues({ connection, prefix: `test-${randomUUID()}`, logger }),
    (each) => each.close(),
  );
  const producer = makeProducer(queues);
  const step: Step = {
    kind: 'plan-day',
    generationId: randomUUID(),
    run: 1,
    author: 'offline',
    askedBy: 'person',
    requestId: null,
  };

  const { commandTimeout } = connection.options;
  expect(commandTimeout).toBeGreaterThan(0);
  connection.options.commandTimeout = 100;
  proxy.stall();
  await expect(producer.enqueue([step])).rejects.toMatchObject({ code: 'queue_unavailable' });
  proxy.resume();
  connection.options.commandTimeout = 60_000;
  await producer.enqueue([step]);
  expect((await queues.waiting()).get('author-offline')).toBe(1);
  expect((await queues.all()).map(({ name }) => name)).toContain('days');
});

test('the oldest wait is found across priorities, and that of a delayed job starts when it is due', async () => {
  const { queues } = await startSystem(owner);
  const now = Temporal.Instant.from('2026-11-23T04:00:00Z');
  const add = (name: QueueName, secondsAgo: number, priority: number, delay = 0) =>
    queues.get(name).add(
      'plan-day',
      {},
      {
        timestamp: now.epochMilliseconds - 1000 * secondsAgo,
        ...(priority && { priority }),
        ...(delay && { delay }),
      },
    );
  const oldest = async () => (await queues.oldestWaits(now)).get('author-offline');
  expect(await oldest()).toBe(0);
  await add('author-offline', 2, 1);
  expect(await oldest()).toBe(2);
  await add('author-offline', 7200, 10);
  await add('author-offline', 1, 10);
  expect(await oldest()).toBe(7200);
  await add('author-offline', 9000, 0);
  expect(await oldest()).toBe(9000);

  const later = await add('days', 86_400, 0, 86_395_000);
  await later.promote();
  expect((await queues.oldestWaits(now)).get('days')).toBe(5);
});
