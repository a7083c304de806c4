import { randomUUID } from 'node:crypto';
import type { Owner } from '@texas-ai/kernel';
import type { Step } from '@texas-ai/life';
import { makeLogSpy, testServices } from '@texas-ai/testing';
import { Queue, QueueEvents } from 'bullmq';
import { connectConsumer, connectProducer, untilReady } from '../src/connection.js';
import {
  type Consumer,
  type ConsumerOptions,
  type Handlers,
  makeConsumer,
} from '../src/consumer.js';
import type { QueueName } from '../src/definitions.js';
import { makeProducer } from '../src/producer.js';
import { openQueues, skipServerChecks } from '../src/queues.js';

export function buildStep(kind: Step['kind'], more: Partial<Step> = {}): Step {
  return {
    kind,
    generationId: randomUUID(),
    run: 1,
    author: 'offline',
    askedBy: 'person',
    requestId: 'request-1',
    ...more,
  };
}

/** A promise with its resolve function. */
export function gate(): { promise: Promise<void>; resolve(): void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((open) => {
    resolve = open;
  });
  return { promise, resolve };
}

export interface WorkersOptions {
  handleFailure?: ConsumerOptions['handleFailure'];
  queues?: readonly QueueName[];
  concurrency?: number;
}

/** A producer, a queue to inspect, and workers, with a private prefix in the real Redis. */
export async function startSystem(owner: Owner, url = testServices().redisUrl) {
  const logger = makeLogSpy();
  const prefix = `test-${randomUUID()}`;
  const connection = owner.own(connectProducer({ url, logger }), (each) => each.disconnect());
  await untilReady(connection);
  const queues = owner.own(openQueues({ connection, prefix, logger }), (each) => each.close());
  const producer = makeProducer(queues);
  const queue = owner.own(
    new Queue('author-offline', { connection, prefix, ...skipServerChecks }),
    (each) => each.close(),
  );
  async function eventsOf(name: QueueName): Promise<QueueEvents> {
    const own = owner.own(connectConsumer({ url, logger }), (each) => each.disconnect());
    const opened = owner.own(
      new QueueEvents(name, { connection: own, prefix, ...skipServerChecks }),
      (each) => each.close(),
    );
    await opened.waitUntilReady();
    return opened;
  }
  const events = await eventsOf('author-offline');

  async function work(
    handlers: Partial<Handlers>,
    {
      handleFailure,
      queues: worked = ['author-offline', 'days'],
      concurrency = 4,
    }: WorkersOptions = {},
  ): Promise<Consumer> {
    const none = async () => undefined;
    const consumer = makeConsumer({
      connection: owner.own(connectConsumer({ url, logger }), (each) => each.disconnect()),
      prefix,
      queues: worked,
      concurrencyOf: () => concurrency,
      timing: { lockMs: 60_000, stallCheckMs: 500, unhandledRetryMs: 50 },
      handlers: {
        'plan-day': none,
        'write-chapter': none,
        'publish-day': none,
        'plan-due-days': none,
        'send-alert': none,
        backup: none,
        'verify-backup': none,
        prune: none,
        ...handlers,
      },
      pauseQueue: (name, ms) => producer.pauseQueue(name, ms),
      around: (_job, run) => run(),
      handleFailure: handleFailure ?? (async () => ({ kind: 'failed', generation: null })),
      logger,
    });
    owner.own(consumer, (each) => each.close(AbortSignal.timeout(10_000)));
    await consumer.ready();
    return consumer;
  }
  return { prefix, connection, queues, producer, queue, events, eventsOf, logger, work };
}
