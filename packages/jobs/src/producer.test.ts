import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { afterEach, expect, test } from '@jest/globals';
import { makeOwner, type Owner } from '@texas-ai/kernel';
import { makeLogSpy } from '@texas-ai/testing';
import { buildStep, startSystem } from '../test/system.js';
import { connectProducer } from './connection.js';
import { jobId, makeProducer, queueOf } from './producer.js';
import { openQueues } from './queues.js';

let owner: Owner = makeOwner();
afterEach(async () => {
  await owner.closeAll();
  owner = makeOwner();
});

test('a step is added once, however often it is enqueued', async () => {
  const { producer, queue } = await startSystem(owner);
  const plan = buildStep('plan-day');
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
  const { producer, work, events } = await startSystem(owner);
  const plans = [buildStep('plan-day'), buildStep('plan-day')];
  const chapter = buildStep('write-chapter', { chapter: 0 });
  await producer.enqueue([...plans, chapter]);
  const worked: string[] = [];
  const last = once(events, 'drained');
  await work({
    'plan-day': async () => void worked.push('plan-day'),
    'write-chapter': async () => void worked.push('write-chapter'),
  });
  await last;
  expect(worked[0]).toBe('write-chapter');
});

test('many steps are enqueued once each, and their states are returned in order', async () => {
  const { producer, queue } = await startSystem(owner);
  const steps = Array.from({ length: 620 }, () => buildStep('plan-day'));
  await producer.enqueue(steps);
  expect(await queue.getPrioritizedCount()).toBe(620);
  const unknown = buildStep('plan-day');
  const states = await producer.states([...steps.slice(0, 300), unknown, ...steps.slice(300)]);
  expect(states).toEqual([...Array(300).fill('waiting'), 'none', ...Array(320).fill('waiting')]);
});

test('a day that a person requested comes before scheduled ones', async () => {
  const { producer, work, events } = await startSystem(owner);
  const night = [1, 2, 3].map(() => buildStep('plan-day', { askedBy: 'night' }));
  const person = buildStep('plan-day', { askedBy: 'person' });
  await producer.enqueue(night);
  await producer.enqueue([person]);
  const worked: string[] = [];
  const last = once(events, 'drained');
  await work(
    { 'plan-day': async ({ generationId }) => void worked.push(generationId) },
    { concurrency: 1 },
  );
  await last;
  expect(worked[0]).toBe(person.generationId);
});

test('a delivery has one job at a time, and a new one once that has ended', async () => {
  const { producer, queues, eventsOf, work } = await startSystem(owner);
  const events = await eventsOf('alerts');
  const message = { alertId: randomUUID(), channel: 'slack', phase: 'raised' } as const;
  const payloads: unknown[] = [];
  const handler = async (payload: unknown) => {
    payloads.push(payload);
    if (payloads.length === 1) throw new Error('It did not work out.');
  };

  await producer.sendAlerts([message, message]);
  await producer.sendAlerts([message]);
  const job = await queues.get('alerts').getJob(`send-alert-${message.alertId}-slack-raised`);
  expect(job?.data).toEqual({ version: 1, ...message });
  const failed = once(events, 'failed');
  await work({ 'send-alert': handler }, { queues: ['alerts'] });
  await failed;
  for (const times of [2, 3]) {
    const completed = once(events, 'completed');
    await producer.sendAlerts([message]);
    await completed;
    expect(payloads).toHaveLength(times);
  }
});

test('a failed job is kept for the configured number of days', async () => {
  const { queue, queues } = await startSystem(owner);
  const plan = buildStep('plan-day');
  await makeProducer(queues, { failedDays: 2 }).enqueue([plan]);
  const job = await queue.getJob(jobId(plan));
  expect(job?.opts.removeOnFail).toMatchObject({ age: 2 * 24 * 3600 });
});

test('job ids and queues of steps', () => {
  const chapter = buildStep('write-chapter', { chapter: 3, run: 2, author: 'gemini' });
  expect(jobId(chapter)).toBe(`write-chapter-${chapter.generationId}-2-3`);
  expect(queueOf(chapter)).toBe('author-gemini');
  expect(queueOf(buildStep('publish-day'))).toBe('days');
});

test('an unavailable queue fails at once with queue_unavailable', async () => {
  const url = 'redis://127.0.0.1:1';
  const connection = owner.own(connectProducer({ url, logger: makeLogSpy() }), (each) =>
    each.disconnect(),
  );
  const queues = owner.own(openQueues({ connection, logger: makeLogSpy() }), (each) =>
    each.close(),
  );
  const producer = makeProducer(queues);
  await expect(producer.enqueue([buildStep('plan-day')])).rejects.toMatchObject({
    code: 'queue_unavailable',
  });
  await expect(queues.assertWritable()).rejects.toMatchObject({ code: 'queue_unavailable' });
});
