import { randomUUID } from 'node:crypto';
import { afterEach, expect, test } from '@jest/globals';
import { makeOwner, type Owner } from '@texas-ai/kernel';
import type { Step } from '@texas-ai/life';
import { makeLogSpy, startStallingProxy, testServices } from '@texas-ai/testing';
import { connectProducer, untilReady } from './connection.js';
import { makeProducer } from './producer.js';
import { openQueues } from './queues.js';

let owner: Owner = makeOwner();
afterEach(async () => {
  await owner.closeAll();
  owner = makeOwner();
});

test('a queue that is first used while Redis hangs works once Redis is back', async () => {
  const url = new URL(testServices().redisUrl);
  const proxy = owner.own(await startStallingProxy(Number(url.port)), (each) => each.stop());
  url.port = String(proxy.port);
  const logger = makeLogSpy();
  const connection = owner.own(
    connectProducer({ url: url.href, logger, commandTimeoutMs: 1_000 }),
    (each) => each.disconnect(),
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

  proxy.stall();
  await expect(producer.enqueue([step])).rejects.toMatchObject({ code: 'queue_unavailable' });
  proxy.resume();
  await producer.enqueue([step]);
  expect((await queues.waiting()).get('author-offline')).toBe(1);
  expect((await queues.all()).map(({ name }) => name)).toContain('days');
});
