import { randomUUID } from 'node:crypto';
import { expect, jest, test } from '@jest/globals';
import { type AlertCondition, type ErrorCode, Temporal, TexasError } from '@texas-ai/kernel';
import {
  buildGeneration,
  makeLogSpy,
  makeMemoryQueue,
  makeScriptedAuthor,
} from '@texas-ai/testing';
import { runJob } from '../run-job.js';
import { type FailureHandlerDeps, makeFailureHandler } from './handle-failure.js';

/** A failure handler with a store that records the failed generations. */
function setup({ failures = 0, fallback = 'none' as FailureHandlerDeps['fallback'] } = {}) {
  const failed: unknown[][] = [];
  const generation = buildGeneration({ author: 'gemini' });
  const store = {
    generations: {
      find: async () => generation,
      async fail(...values: unknown[]) {
        failed.push(values);
        return generation;
      },
      fallBack: async () => ({
        generation: { ...generation, author: 'offline' },
        missingChapters: [],
      }),
    },
    checkpoints: {
      endTry: async (_step: unknown, _run: unknown, counts: boolean) => failures + (counts ? 1 : 0),
    },
    cooldowns: { begin: async () => true },
  } as unknown as FailureHandlerDeps['store'];
  const logger = makeLogSpy();
  const raised: AlertCondition[] = [];
  const progressed: string[] = [];
  const failedCodes: [id: string, code: string][] = [];
  let cooldowns = 0;
  const handle = makeFailureHandler({
    store,
    steps: makeMemoryQueue(),
    authors: () => makeScriptedAuthor(),
    fallback,
    clock: { now: () => Temporal.Instant.from('2026-11-23T04:00:00Z') },
    random: () => 0.5,
    timing: { retryMs: 15_000, retryStorageMs: 5_000, probeMs: 300_000 },
    logger,
    alerts: {
      raise: async (condition) => void raised.push(condition),
      recover: async () => undefined,
    },
    onProgress: (id) => progressed.push(id),
    onFailed: ({ id }, code) => failedCodes.push([id, code]),
    onCooldown: () => {
      cooldowns += 1;
    },
  });
  return { handle, failed, progressed, failedCodes, raised, logger, cooldowns: () => cooldowns };
}

const payload = { version: 1, generationId: randomUUID(), run: 2, requestId: null, chapter: 1 };
const failure = (code: ErrorCode, details = {}) => new TexasError(code, 'It failed.', { details });

test('a temporary failure is retried, without an alert', async () => {
  const { handle, raised, logger } = setup({ failures: 1 });
  expect(await handle({ name: 'write-chapter', payload }, failure('author_timeout'))).toEqual({
    kind: 'again',
    delayMs: 60_000,
    failures: 2,
  });
  expect(raised).toEqual([]);
  expect(logger.lines.map(({ level }) => level)).toEqual(['warn']);
});

test('the last try fails the generation with code and message, and raises one alert', async () => {
  const { handle, failed, raised, progressed, failedCodes, logger } = setup({ failures: 3 });
  expect(await handle({ name: 'write-chapter', payload }, failure('author_timeout'))).toEqual({
    kind: 'failed',
    generation: expect.objectContaining({ author: 'gemini' }),
  });
  expect(failed).toEqual([
    [payload.generationId, 2, { code: 'author_timeout', message: 'It failed.' }],
  ]);
  expect(progressed).toEqual([payload.generationId]);
  expect(failedCodes.map(([, code]) => code)).toEqual(['author_timeout']);
  expect(raised).toMatchObject([
    { kind: 'generation_failed', subject: 'author_timeout', level: 'error' },
  ]);
  expect(logger.lines.map(({ level }) => level)).toEqual(['error']);
});

test('with a fallback the alert is a warning, and the job ends', async () => {
  const { handle, failed, failedCodes, raised } = setup({ failures: 3, fallback: 'offline' });
  const outcome = await handle({ name: 'write-chapter', payload }, failure('author_timeout'));
  expect(outcome).toMatchObject({ kind: 'fell-back' });
  expect([failed, failedCodes]).toEqual([[], []]);
  expect(raised).toMatchObject([{ kind: 'generation_fell_back', level: 'warning' }]);
});

test.each(['none', 'offline'] as const)(
  'the alert of a day has the message of the provider, with the fallback %s',
  async (fallback) => {
    const { handle, raised } = setup({ fallback });
    const reason = 'models/old is not found for API version v1beta';
    const refused = new TexasError(
      'author_http_error',
      'Gemini refused the request with HTTP 404.',
      {
        details: { status: 404, reason },
      },
    );
    await handle({ name: 'plan-day', payload }, refused);
    expect(raised).toMatchObject([
      {
        message: expect.stringContaining(`Gemini refused the request with HTTP 404 (${reason}).`),
      },
    ]);
  },
);

test.each([
  ['offline', []],
  ['none', [{ kind: 'generation_failed', subject: 'author_unauthorized' }]],
] as const)(
  'a refused key begins a cooldown; an alert is raised only for a day that fails (fallback: %s)',
  async (fallback, expectedAlerts) => {
    const { handle, raised, cooldowns } = setup({ fallback });
    await handle({ name: 'plan-day', payload }, failure('author_unauthorized'));
    expect(cooldowns()).toBe(1);
    // The reconciler raises the alert of the key.
    expect(raised).toMatchObject(expectedAlerts);
    expect(raised).toHaveLength(expectedAlerts.length);
  },
);

test('a rate limit pauses the queue for all, a daily quota those with the key; neither is a failure', async () => {
  const { handle, raised, cooldowns } = setup();
  const minutes = failure('author_rate_limited', { retryAfterMs: 2_500, daily: false });
  expect(await handle({ name: 'plan-day', payload }, minutes)).toMatchObject({
    kind: 'held',
    by: 'all',
  });
  const day = failure('author_rate_limited', { retryAfterMs: 3_600_000, daily: true });
  const outcome = await handle({ name: 'plan-day', payload }, day);
  expect(outcome.kind === 'held' && outcome.ms).toBeGreaterThanOrEqual(3_600_000);
  expect(outcome).toMatchObject({ by: 'key' });
  expect(raised).toEqual([]);
  expect(cooldowns()).toBe(2);
});

test('an exhausted budget raises an alert', async () => {
  const { handle, raised } = setup({ fallback: 'offline' });
  await handle({ name: 'plan-day', payload }, failure('budget_exhausted'));
  expect(raised).toMatchObject([{ kind: 'budget_spent', level: 'error' }]);
});

test('a job that failed by an outage or a shutdown is handed back', async () => {
  const { handle, raised } = setup();
  for (const [code, delayMs] of [
    ['storage_unavailable', 5_000],
    ['queue_unavailable', 5_000],
    ['aborted', 0],
  ] as const) {
    const outcome = { kind: 'handed-back', delayMs };
    expect(await handle({ name: 'plan-day', payload }, failure(code))).toEqual(outcome);
    expect(await handle({ name: 'plan-due-days', payload: { version: 1 } }, failure(code))).toEqual(
      outcome,
    );
  }
  expect(raised).toEqual([]);
});

test('an invalid payload fails its generation at once; without one the job just ends', async () => {
  const { handle, failed } = setup();
  const broken = { generationId: payload.generationId, run: 'two' };
  const invalid = failure('invalid_payload');
  expect(await handle({ name: 'plan-day', payload: broken }, invalid)).toMatchObject({
    kind: 'failed',
  });
  expect(failed).toEqual([
    [payload.generationId, null, { code: 'invalid_payload', message: 'It failed.' }],
  ]);
  expect(await handle({ name: 'plan-day', payload: 'what?' }, invalid)).toEqual({
    kind: 'failed',
    generation: null,
  });
  expect(failed).toHaveLength(1);
});

test('each job logs one line', async () => {
  const logger = makeLogSpy();
  const alerts = { raise: async () => undefined, recover: async () => undefined };
  const job = { name: 'plan-day', id: 'a', payload } as const;
  const workerMetrics = { jobs: { slow: () => undefined } };
  await runJob({ logger, alerts, workerMetrics })(job, async () => undefined);
  expect(logger.lines.map(({ level, message }) => [level, message])).toEqual([
    ['info', 'step done'],
  ]);
});

test.each([
  ['write-chapter', 30_001, ['write-chapter']],
  ['write-chapter', 29_999, []],
  ['backup', 600_000, []],
] as const)('%s of %d ms is slow: %j', async (name, ms, slow) => {
  jest.useFakeTimers();
  const logger = makeLogSpy();
  const counted: string[] = [];
  const raised: AlertCondition[] = [];
  const running = runJob({
    logger,
    alerts: {
      raise: async (condition) => void raised.push(condition),
      recover: async () => undefined,
    },
    workerMetrics: { jobs: { slow: (job) => counted.push(job) } },
  });
  try {
    await running({ name, id: 'a', payload }, async () => void jest.advanceTimersByTime(ms));
  } finally {
    jest.useRealTimers();
  }
  expect(counted).toEqual(slow);
  expect(raised.map(({ kind, level, subject }) => [kind, level, subject])).toEqual(
    slow.map((job) => ['slow_step', 'warning', job]),
  );
  expect(logger.lines.map(({ level }) => level)).toEqual([slow.length > 0 ? 'warn' : 'info']);
});
