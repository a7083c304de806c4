import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from '@jest/globals';
import { makeOwner, type Owner, TexasError } from '@texas-ai/kernel';
import type { Step } from '@texas-ai/life';
import { makeLogSpy, testServices } from '@texas-ai/testing';
import { Queue, QueueEvents } from 'bullmq';
import { connectConsumer, connectProducer, untilReady } from './connection.js';
import { type ConsumerOptions, type Handlers, makeConsumer } from './consumer.js';
import { jobId, makeProducer, queueOf } from './producer.js';
import { openQueues } from './queues.js';

const logger = makeLogSpy();
let owner: Owner = makeOwner();
afterEach(async () => {
  await owner.closeAll();
  owner = makeOwner();
});

const step = (kind: Step['kind'], more: Partial<Step> = {}): Step => ({
  kind,
  generationId: randomUUID(),
  run: 1,
  author: 'offline',
  requestId: 'request-1',
  ...more,
});

/** A producer, a queue to look into, and a way to work it, on a prefix of their own. */
async function system() {
  const { redisUrl: url } = testServices();
  const prefix = `test-${randomUUID()}`;
  const connection = owner.own(connectProducer({ url, logger }), (each) => each.disconnect());
  await untilReady(connection);
  const queues = owner.own(openQueues({ connection, prefix, logger }), (each) => each.close());
  const producer = makeProducer(queues);
  const queue = owner.own(new Queue('author-offline', { connection, prefix }), (each) =>
    each.close(),
  );
  const eventConnection = owner.own(connectConsumer({ url, logger }), (each) => each.disconnect());
  const events = owner.own(
    new QueueEvents('author-offline', { connection: eventConnection, prefix }),
    (each) => each.close(),
  );
  await events.waitUntilReady();

  async function workers(handlers: Partial<Handlers>, settle?: ConsumerOptions['settle']) {
    const none = async () => undefined;
    const consumer = makeConsumer({
      connection: owner.own(connectConsumer({ url, logger }), (each) => each.disconnect()),
      prefix,
      queues: ['author-offline', 'days'],
      concurrency: 4,
      handlers: { 'plan-day': none, 'write-chapter': none, 'publish-day': none, ...handlers },
      around: (_job, work) => work(),
      settle: settle ?? (async () => ({ over: true, delayMs: 0 })),
      logger,
    });
    owner.own(consumer, (each) => each.close(AbortSignal.timeout(1000)));
    await consumer.ready();
    return consumer;
  }
  return { producer, queue, events, workers };
}

describe('enqueueing', () => {
  test('a step is added once, however often it is asked for', async () => {
    const { producer, queue } = await system();
    const plan = step('plan-day');
    await Promise.all([producer.enqueue([plan]), producer.enqueue([plan])]);
    await producer.enqueue([plan, { ...plan, run: 2 }]);
    expect(await queue.getJobCounts('prioritized')).toEqual({ prioritized: 2 });
    expect((await queue.getJob(jobId(plan)))?.data).toEqual({
      version: 1,
      generationId: plan.generationId,
      run: 1,
      requestId: 'request-1',
    });
  });

  test('chapters come before plans', async () => {
    const { producer, workers, events } = await system();
    const plans = [step('plan-day'), step('plan-day')];
    const chapter = step('write-chapter', { chapter: 0 });
    await producer.enqueue([...plans, chapter]);
    const worked: string[] = [];
    const last = once(events, 'drained');
    await workers({
      'plan-day': async () => void worked.push('plan-day'),
      'write-chapter': async () => void worked.push('write-chapter'),
    });
    await last;
    expect(worked[0]).toBe('write-chapter');
  });

  test('ids and queues follow the design', () => {
    const chapter = step('write-chapter', { chapter: 3, run: 2, author: 'gemini' });
    expect(jobId(chapter)).toBe(`write-chapter-${chapter.generationId}-2-3`);
    expect(queueOf(chapter)).toBe('author-gemini');
    expect(queueOf(step('publish-day'))).toBe('days');
  });

  test('a queue that is away is queue_unavailable, at once', async () => {
    const url = 'redis://127.0.0.1:1';
    const connection = owner.own(connectProducer({ url, logger: makeLogSpy() }), (each) =>
      each.disconnect(),
    );
    const queues = owner.own(openQueues({ connection, logger: makeLogSpy() }), (each) =>
      each.close(),
    );
    const producer = makeProducer(queues);
    await expect(producer.enqueue([step('plan-day')])).rejects.toMatchObject({
      code: 'queue_unavailable',
    });
    await expect(producer.ping()).rejects.toMatchObject({ code: 'queue_unavailable' });
  });
});

describe('working', () => {
  test('a handler gets the payload and a signal; an ended job is spent', async () => {
    const { producer, workers, events } = await system();
    const chapter = step('write-chapter', { chapter: 2 });
    const seen: unknown[] = [];
    await workers({
      async 'write-chapter'(payload, { signal, jobId: id }) {
        seen.push(payload.chapter, signal.aborted, id);
      },
    });
    const completed = once(events, 'completed');
    expect(await producer.isSpent(chapter)).toBe(false);
    await producer.enqueue([chapter]);
    await completed;
    expect(seen).toEqual([2, false, jobId(chapter)]);
    expect(await producer.isSpent(chapter)).toBe(true);
  });

  test('a bad payload fails at once and is settled with its reason', async () => {
    const { queue, workers, events } = await system();
    const settled: TexasError[] = [];
    await workers({}, async (_job, failure) => {
      settled.push(failure);
      return { over: true, delayMs: 0 };
    });
    const failed = once(events, 'failed');
    await queue.add('plan-day', { version: 1, generationId: 'no uuid', run: 0, requestId: null });
    await failed;
    expect(settled.map((failure) => failure.code)).toEqual(['invalid_payload']);
    expect(settled[0]?.message).toMatch(/generationId.*run/);
  });

  test('a failure that is not over waits for its next try as long as it was told', async () => {
    const { producer, queue, workers, events } = await system();
    const plan = step('plan-day');
    await workers(
      {
        async 'plan-day'() {
          throw new TexasError('author_timeout', 'Too slow.', {
            cause: new Error('key=AIzaSecret'),
          });
        },
      },
      async () => ({ over: false, delayMs: 123_456 }),
    );
    const delayed = once(events, 'delayed');
    await producer.enqueue([plan]);
    await delayed;
    const job = await queue.getJob(jobId(plan));
    expect(job?.delay).toBe(123_456);
    expect(job?.failedReason).toBe('author_timeout: Too slow.');
    expect(JSON.stringify(job?.stacktrace)).not.toContain('AIza');
    expect(await producer.isSpent(plan)).toBe(false);
  });

  test('a version or a job that this worker does not know is handed back', async () => {
    const { queue, workers, events } = await system();
    await workers({
      async 'plan-day'() {
        throw new Error('must not be worked');
      },
    });
    const future = { version: 2, anything: 'new' };
    for (const name of ['plan-day', 'paint-picture']) {
      const delayed = once(events, 'delayed');
      const { id } = await queue.add(name, future);
      await delayed;
      expect(await queue.getJobState(id ?? '')).toBe('delayed');
    }
  });

  test('closing aborts what takes too long', async () => {
    const { producer, workers } = await system();
    let start: () => void = () => undefined;
    const started = new Promise<void>((resolve) => {
      start = resolve;
    });
    const reasons: unknown[] = [];
    const consumer = await workers(
      {
        async 'plan-day'(_payload, { signal }) {
          start();
          await once(signal, 'abort');
          throw signal.reason;
        },
      },
      async (_job, failure) => {
        reasons.push(failure.code);
        return { over: false, delayMs: 1 };
      },
    );
    await producer.enqueue([step('plan-day')]);
    await started;
    await consumer.close(AbortSignal.abort());
    expect(reasons).toEqual(['aborted']);
  });
});
