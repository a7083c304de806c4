import { once } from 'node:events';
import { afterEach, expect, test } from '@jest/globals';
import { makeOwner, type Owner, TexasError } from '@texas-ai/kernel';
import { until } from '@texas-ai/testing';
import { buildStep, gate, startSystem } from '../test/system.js';
import { jobId } from './producer.js';

let owner: Owner = makeOwner();
afterEach(async () => {
  await owner.closeAll();
  owner = makeOwner();
});

test('a handler receives payload and signal, and a completed job counts as ended', async () => {
  const { producer, work, events } = await startSystem(owner);
  const chapter = buildStep('write-chapter', { chapter: 2 });
  const seen: unknown[] = [];
  await work({
    async 'write-chapter'(payload, { signal, jobId: id }) {
      seen.push(payload.chapter, signal.aborted, id);
    },
  });
  const completed = once(events, 'completed');
  expect(await producer.states([chapter])).toEqual(['none']);
  await producer.enqueue([chapter]);
  await completed;
  expect(seen).toEqual([2, false, jobId(chapter)]);
  expect(await producer.states([chapter])).toEqual(['ended']);
});

test('an invalid payload fails at once, and its reason reaches handleFailure', async () => {
  const { queue, work, events } = await startSystem(owner);
  const failures: TexasError[] = [];
  await work(
    {},
    {
      async handleFailure(_job, failure) {
        failures.push(failure);
        return { kind: 'failed', generation: null };
      },
    },
  );
  const failed = once(events, 'failed');
  await queue.add('plan-day', { version: 1, generationId: 'no uuid', run: 0, requestId: null });
  await failed;
  expect(failures.map((failure) => failure.code)).toEqual(['invalid_payload']);
  expect(failures[0]?.message).toMatch(/generationId.*run/);
});

test('a failed job is retried after the delay that handleFailure returned', async () => {
  const { producer, queue, work, events } = await startSystem(owner);
  const plan = buildStep('plan-day');
  await work(
    {
      async 'plan-day'() {
        throw new TexasError('author_timeout', 'Too slow.', {
          cause: new Error('key=AIzaSecret'),
        });
      },
    },
    { handleFailure: async () => ({ kind: 'again', delayMs: 123_456, failures: 1 }) },
  );
  const delayed = once(events, 'delayed');
  await producer.enqueue([plan]);
  await delayed;
  const job = await queue.getJob(jobId(plan));
  expect(job?.delay).toBe(123_456);
  expect(job?.failedReason).toBe('author_timeout: Too slow.');
  expect(JSON.stringify(job?.stacktrace)).not.toContain('AIza');
  expect(await producer.states([plan])).toEqual(['waiting']);
});

test('a job with an unknown name or a newer version is handed back', async () => {
  const { queue, work, events } = await startSystem(owner);
  await work({
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

test('closing aborts jobs that take too long and hands them back: another worker takes them at once', async () => {
  const { producer, work, events } = await startSystem(owner);
  const started = gate();
  const failures: string[] = [];
  const consumer = await work(
    {
      async 'plan-day'(_payload, { signal }) {
        started.resolve();
        await once(signal, 'abort');
        throw signal.reason;
      },
    },
    {
      async handleFailure(_job, { code }) {
        failures.push(code);
        return { kind: 'handed-back', delayMs: 0 };
      },
    },
  );
  const plan = buildStep('plan-day');
  await producer.enqueue([plan]);
  await started.promise;
  await consumer.close(AbortSignal.abort());
  expect(failures).toEqual(['aborted']);
  expect(await producer.states([plan])).toEqual(['waiting']);
  const completed = once(events, 'completed');
  await work({});
  await completed;
});

test('a job is handed back if handleFailure itself fails', async () => {
  const { producer, queue, work, events } = await startSystem(owner);
  let tries = 0;
  await work(
    {
      async 'plan-day'() {
        tries += 1;
        if (tries < 3) throw new TexasError('storage_unavailable', 'Away.');
      },
    },
    {
      async handleFailure() {
        throw new TexasError('storage_unavailable', 'Away.');
      },
    },
  );
  const completed = once(events, 'completed');
  const plan = buildStep('plan-day');
  await producer.enqueue([plan]);
  await completed;
  expect(tries).toBe(3);
  const job = await queue.getJob(jobId(plan));
  expect(job?.failedReason).toBeUndefined();
});

test('a cooldown pauses the queue for all workers, and the job continues afterwards', async () => {
  const { producer, queue, work, events, eventsOf, connection, prefix } = await startSystem(owner);
  let begun = 0;
  let held = true;
  const handlers = {
    async 'plan-day'() {
      begun += 1;
      if (held) throw new TexasError('author_rate_limited', 'Too many.');
    },
  };
  const handleFailure = async () =>
    ({ kind: 'held', ms: 3_600_000, by: 'all', began: true }) as const;
  const one = { handleFailure, concurrency: 1 };
  await Promise.all([work(handlers, one), work(handlers, one)]);
  const completed = gate();
  let count = 0;
  events.on('completed', () => {
    count += 1;
    if (count === 6) completed.resolve();
  });
  const plans = Array.from({ length: 6 }, () => buildStep('plan-day'));
  await producer.enqueue(plans);
  await until(async () => (await queue.getRateLimitTtl()) > 0);
  const days = await eventsOf('days');
  for (let times = 0; times < 20; times++) {
    const published = once(days, 'completed');
    await producer.enqueue([buildStep('publish-day')]);
    await published;
  }
  // Jobs taken before the pause run into the cooldown too; after that no jobs are taken.
  expect(begun).toBeLessThanOrEqual(4);
  held = false;
  // What Redis does when that time is over.
  await connection.pexpire(`${prefix}:author-offline:limiter`, 1);
  await completed.promise;
  for (const plan of plans) {
    expect((await queue.getJob(jobId(plan)))?.attemptsMade).toBeLessThanOrEqual(1);
  }
});

test('a refused key pauses its queue in this worker only; other queues and workers continue', async () => {
  const { producer, work, events } = await startSystem(owner);
  const refusing = await work(
    {
      async 'plan-day'() {
        throw new TexasError('author_held', 'The key was refused.');
      },
    },
    {
      handleFailure: async () => ({ kind: 'held', ms: 60_000, by: 'key', began: true }),
      concurrency: 1,
    },
  );
  const plans = [buildStep('plan-day'), buildStep('plan-day')];
  const waiting = once(events, 'waiting');
  await producer.enqueue(plans);
  await waiting;
  const accepting: string[] = [];
  const completed = gate();
  events.on('completed', () => {
    if (accepting.length === 2) completed.resolve();
  });
  await work({ 'plan-day': async ({ generationId }) => void accepting.push(generationId) });
  await completed.promise;
  expect(accepting.toSorted()).toEqual(plans.map((plan) => plan.generationId).toSorted());
  await refusing.setPaused('author-offline', false);
  expect(refusing.isRunning()).toBe(true);
});
