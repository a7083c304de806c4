import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { TexasError } from '@texas-ai/kernel';
import { buildPlanDraft, makeScriptedAuthor, type TestDatabase } from '@texas-ai/testing';
import { makeCallReservation, makeFailingAuthor } from '../../test/failing-author.js';
import {
  clearSpending,
  type FleetOptions,
  makeFleet,
  makeFleetDatabase,
} from '../../test/fleet.js';
import type { Step } from './steps.js';

let db: TestDatabase;

beforeAll(async () => {
  db = await makeFleetDatabase();
});
afterAll(() => db.drop());
beforeEach(() => clearSpending(db));

const fleet = (options: FleetOptions = {}) => makeFleet(db, options);

const text = (content: string) => ({
  content,
  emotions: ['calm'],
  thoughts: 'Hm.',
  interaction: 'Hello.',
});

async function slotsOf(step: Step): Promise<unknown[]> {
  const row = await db
    .database('chapters')
    .where({ generation_id: step.generationId, position: step.chapter ?? 0 })
    .first('slots');
  return row.slots;
}
describe('an unusable answer', () => {
  test('is requested once more with the problems quoted', async () => {
    const quoted: string[][] = [];
    const f = fleet({
      author: makeScriptedAuthor({
        chapter: ({ slots }, { problems }) => {
          quoted.push([...problems]);
          const count = problems.length === 0 ? slots.length - 1 : slots.length;
          return { texts: Array.from({ length: count }, () => text('again')) };
        },
      }),
    });
    await f.request();
    await f.work(f.take('plan-day'));
    const step = f.take('write-chapter');
    await f.work(step);
    expect(quoted[0]).toEqual([]);
    expect(quoted[1]?.join(' ')).toMatch(/\d+/);
    expect(await f.now(step.generationId)).toMatchObject({
      chapters: { written: 1 },
      usage: { calls: 3 },
    });
  });

  test('rejects with author_invalid_output the second time, and both calls are billed', async () => {
    const author = makeScriptedAuthor({ plan: () => ({ error: 'I am sorry, I cannot.' }) });
    const f = fleet({ author });
    const requested = await f.request();
    await expect(f.work(f.take('plan-day'))).rejects.toMatchObject({
      code: 'author_invalid_output',
    });
    expect(await f.now(requested.id)).toMatchObject({ status: 'planning', usage: { calls: 2 } });
  });
});

describe('an unusable answer followed by a cooldown', () => {
  test('counts as a failure, so that the retries end', async () => {
    let takes = 0;
    const bucket = { take: async () => makeCallReservation(takes++ % 2 === 0 ? 0 : 30_000) };
    const author = makeScriptedAuthor({ plan: () => ({ error: 'I am sorry, I cannot.' }) });
    const f = fleet({ author, quotas: { bucket, day: null } });
    const requested = await f.request();
    const step = f.take('plan-day');
    const kinds: string[] = [];
    while (kinds.at(-1) !== 'failed' && kinds.length < 10) {
      const failure = await f.work(step).catch((error) => error);
      kinds.push((await f.handleFailure(step, failure)).kind);
      await db.database('author_holds').delete();
    }
    expect(kinds).toEqual(['held', 'held', 'held', 'failed']);
    expect(await f.now(requested.id)).toMatchObject({
      error: { code: 'author_invalid_output' },
      usage: { calls: 4 },
    });
  });
});

describe('a truncated answer', () => {
  test('is not repaired or repeated at once, and the second one ends the step', async () => {
    const cut = makeFailingAuthor('author_output_truncated');
    const author = makeScriptedAuthor({ plan: () => Promise.reject(cut.failure) });
    const f = fleet({ author });
    const requested = await f.request();
    const step = f.take('plan-day');
    const kinds: string[] = [];
    for (let tries = 1; tries <= 2; tries++) {
      await expect(f.work(step)).rejects.toBe(cut.failure);
      expect(author.calls.plan).toBe(tries);
      kinds.push((await f.handleFailure(step, cut.failure)).kind);
    }
    expect(kinds).toEqual(['again', 'failed']);
    expect(await f.now(requested.id)).toMatchObject({
      error: { code: 'author_output_truncated' },
      usage: { calls: 2, outputTokens: 100 },
    });
  });
});

describe('an overloaded author', () => {
  test('is retried with a longer backoff', async () => {
    const { failure, author } = makeFailingAuthor('author_overloaded', { status: 503 });
    const f = fleet({ author });
    await f.request();
    const step = f.take('plan-day');
    const outcome = [];
    for (let tries = 1; tries <= 4; tries++) outcome.push(await f.handleFailure(step, failure));
    expect(outcome).toMatchObject([
      { kind: 'again', delayMs: 60_000 },
      { kind: 'again', delayMs: 240_000 },
      { kind: 'again', delayMs: 600_000 },
      { kind: 'failed' },
    ]);
  });
});

describe('failures', () => {
  test('that are retryable are tried four times, then the generation fails with the reason', async () => {
    const { failure, author } = makeFailingAuthor('author_timeout');
    const f = fleet({ author });
    const requested = await f.request();
    const step = f.take('plan-day');
    const outcome = [];
    for (let tries = 1; tries <= 4; tries++) {
      await expect(f.work(step)).rejects.toBe(failure);
      outcome.push(await f.handleFailure(step, failure));
    }
    expect(outcome).toMatchObject([
      { kind: 'again', delayMs: 15_000 },
      { kind: 'again', delayMs: 60_000 },
      { kind: 'again', delayMs: 240_000 },
      { kind: 'failed', generation: { id: requested.id } },
    ]);
    expect(await f.now(requested.id)).toMatchObject({
      status: 'failed',
      error: { code: 'author_timeout', message: failure.message },
    });
  });

  test('keep what is stored: a resumed generation continues at the first missing step with new tries', async () => {
    const f = fleet();
    const requested = await f.request();
    await f.work(f.take('plan-day'));
    await f.work(f.take('write-chapter'));
    const failed = f.take('write-chapter');
    const refused = new TexasError('author_blocked', 'A filter stopped the text.');
    expect(await f.handleFailure(failed, refused)).toMatchObject({ kind: 'failed' });
    // A chapter that was in progress when the generation failed is stored, but enqueues nothing.
    const texts = (await slotsOf(failed)).map(() => text('late but kept'));
    await f.store.checkpoints.storeChapter(requested.id, failed.chapter ?? 0, texts, null);
    expect(await f.now(requested.id)).toMatchObject({ status: 'failed', chapters: { written: 2 } });
    f.steps.waiting.length = 0;
    const resumed = await f.request();
    expect(resumed).toMatchObject({ id: requested.id, status: 'writing', run: 2, error: null });
    expect(f.steps.waiting.map((step) => step.kind)).toEqual(['write-chapter', 'write-chapter']);
    await f.workAll();
    expect(await f.now(requested.id)).toMatchObject({ status: 'published' });
    expect(f.author.calls.plan).toBe(1);
  });

  test('of refused calls do not count against the call cap', async () => {
    const refused = makeFailingAuthor('author_rate_limited', { retryAfterMs: 1 });
    let calls = 0;
    const author = makeScriptedAuthor({
      plan: (brief) => {
        if (calls++ < 60) throw refused.failure;
        return buildPlanDraft(brief.profile.language);
      },
    });
    const f = fleet({ author });
    const requested = await f.request();
    const step = f.take('plan-day');
    for (let times = 0; times < 60; times++) {
      await expect(f.work(step)).rejects.toBe(refused.failure);
      await f.handleFailure(step, refused.failure);
      await db.database('author_holds').delete();
    }
    await f.work(step);
    expect(await f.now(requested.id)).toMatchObject({ status: 'writing', usage: { calls: 61 } });
  });

  test('of an earlier run do not count for the next', async () => {
    const f = fleet();
    const requested = await f.request();
    const old = f.take('plan-day');
    await f.store.generations.fail(requested.id, 1, {
      code: 'author_blocked',
      message: 'A filter stopped the text.',
    });
    await f.request();
    await f.store.checkpoints.startPlan(requested.id, 2);
    await f.handleFailure(old, new TexasError('author_timeout', 'It took too long.'));
    expect(
      await db
        .database('generations')
        .where({ id: requested.id })
        .first('plan_tries', 'plan_failures'),
    ).toEqual({ plan_tries: 1, plan_failures: 0 });
  });

  test('of storage never cost a try', async () => {
    const f = fleet();
    const requested = await f.request();
    const step = f.take('plan-day');
    const away = new TexasError('storage_unavailable', 'The database does not respond.');
    for (let times = 0; times < 30; times++) {
      await f.store.checkpoints.startPlan(requested.id, 1);
      expect(await f.handleFailure(step, away)).toEqual({ kind: 'handed-back', delayMs: 5_000 });
    }
    await f.work(step);
    expect(await f.now(requested.id)).toMatchObject({ status: 'writing' });
  });

  test('of steps that kill their workers end after twenty tries', async () => {
    const f = fleet();
    const requested = await f.request();
    const step = f.take('plan-day');
    for (let times = 0; times < 20; times++) await f.store.checkpoints.startPlan(requested.id, 1);
    const stalled = f.work(step);
    await expect(stalled).rejects.toMatchObject({ code: 'step_stalled' });
    expect(f.author.calls.plan).toBe(0);
    const failure = await stalled.catch((error) => error);
    expect(await f.handleFailure(step, failure)).toMatchObject({ kind: 'failed' });
  });
});
