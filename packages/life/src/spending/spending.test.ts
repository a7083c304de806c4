import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { TexasError } from '@texas-ai/kernel';
import {
  buildBudget,
  buildPlanDraft,
  makeScriptedAuthor,
  type TestDatabase,
} from '@texas-ai/testing';
import {
  clearSpending,
  type FleetOptions,
  makeFleet,
  makeFleetDatabase,
} from '../../test/fleet.js';
import type { CallRequest } from '../authoring/call-meter.js';
import type { Generation } from '../generation/generation.js';
import { type Budget, sumsOf } from './budget.js';

let db: TestDatabase;

beforeAll(async () => {
  db = await makeFleetDatabase();
});
afterAll(() => db.drop());
beforeEach(() => clearSpending(db));

const fleet = (options: FleetOptions = {}) => makeFleet(db, options);

const planCallOf = (generation: Generation, maxCalls: number): CallRequest => ({
  generation,
  step: 'plan-day',
  chapter: null,
  author: { name: 'gemini', model: 'scripted', fingerprint: 'scripted-key' },
  maxCalls,
});

describe('the ledger', () => {
  const rows = () => db.database('author_calls').orderBy('opened_at');

  test('has each call before it is made, and its cost afterwards', async () => {
    let seen: unknown[] = [];
    const f = fleet({
      author: makeScriptedAuthor({
        plan: async (brief) => {
          seen = await rows();
          return buildPlanDraft(brief.profile.language);
        },
      }),
    });
    const asked = await f.request();
    await f.work(f.take('plan-day'));
    expect(seen).toMatchObject([
      { generation_id: asked.id, step: 'plan-day', outcome: 'open', closed_at: null },
    ]);
    expect(await rows()).toMatchObject([
      { outcome: 'answered', input_tokens: 100, output_tokens: 50, cost: 0.0002 },
    ]);
    expect(await f.now(asked.id)).toMatchObject({
      usage: { calls: 1, inputTokens: 100, outputTokens: 50, cost: 0.0002 },
    });
  });

  test('counts a call that was never closed at its expected cost', async () => {
    const f = fleet();
    const asked = await f.request();
    const call = planCallOf(asked, 40);
    await f.deps.meter.begin(call);
    const overall = sumsOf(f.deps.budget, null, f.deps.clock.now());
    const spent = async () =>
      [...(await f.store.ledger.spent(overall)).values()].map(({ tokens }) => tokens);
    expect(await spent()).toEqual([8_000, 8_000]);
    const later = (await f.store.now()).add({ minutes: 20 });
    expect(await f.store.ledger.closeLost(later)).toBe(1);
    expect(await f.store.ledger.closeLost(later)).toBe(0);
    expect(await spent()).toEqual([8_000, 8_000]);
    expect(await rows()).toMatchObject([{ outcome: 'lost', input_tokens: 4_000 }]);
    expect(await f.now(asked.id)).toMatchObject({ usage: { calls: 1, outputTokens: 4_000 } });
  });

  test('bills refused calls nothing, and aborted ones their expected cost', async () => {
    for (const [code, tokens, details] of [
      ['author_overloaded', 0, {}],
      ['author_model_unavailable', 0, {}],
      ['author_quota_unavailable', 0, {}],
      ['author_balance_exhausted', 0, {}],
      ['author_location_unsupported', 0, {}],
      ['author_http_error', 0, {}],
      ['author_unreachable', 0, { sent: false }],
      ['author_unreachable', 8_000, { sent: true }],
      ['author_timeout', 8_000, {}],
    ] as const) {
      await db.database('author_calls').delete();
      const failure = new TexasError(code, 'It failed.', { details });
      const author = { ...makeScriptedAuthor(), writePlan: () => Promise.reject(failure) };
      const f = fleet({ author });
      await f.request();
      await expect(f.work(f.take('plan-day'))).rejects.toMatchObject({ code });
      const [row] = await rows();
      expect([row.outcome, row.input_tokens + row.output_tokens]).toEqual([code, tokens]);
    }
  });

  test('caps the calls of a generation, but not those of the offline author', async () => {
    const f = fleet();
    const asked = await f.request();
    await db.database('generations').where({ id: asked.id }).update({ calls: 40 });
    await expect(f.work(f.take('plan-day'))).rejects.toMatchObject({ code: 'author_call_cap' });
    const offline = fleet({ author: makeScriptedAuthor({ name: 'offline' }) });
    const free = await offline.request();
    await db.database('generations').where({ id: free.id }).update({ calls: 40 });
    await offline.work(offline.take('plan-day'));
    expect(offline.author.calls.plan).toBe(1);
  });
});

describe('budgets', () => {
  const none = { tokens: null, money: null };
  const capped = (tokens: number): Budget =>
    buildBudget({ everybody: { day: { tokens, money: null }, month: none } });

  test('near a cap a day is written in fewer chapters', async () => {
    const f = fleet({ budget: capped(50_000) });
    const asked = await f.request();
    await f.work(f.take('plan-day'));
    // Five calls of 10,000 tokens, the default expectation, are more than 80 %.
    expect(await f.now(asked.id)).toMatchObject({ chapters: { total: 2 } });
  });

  test('past a cap no call is made: the offline author writes, or the generation fails', async () => {
    for (const fallback of ['offline', 'none'] as const) {
      const f = fleet({ budget: capped(1_000), fallback });
      const asked = await f.request();
      const step = f.take('plan-day');
      const refused = f.work(step);
      await expect(refused).rejects.toMatchObject({ code: 'budget_exhausted' });
      await f.handleFailure(step, await refused.catch((error) => error));
      await f.workAll();
      expect(f.author.calls.plan).toBe(0);
      expect(await f.now(asked.id)).toMatchObject(
        fallback === 'offline'
          ? { status: 'published', fallback: { code: 'budget_exhausted' } }
          : { status: 'failed', error: { code: 'budget_exhausted' } },
      );
    }
  });

  test('are exact under concurrency', async () => {
    const f = fleet({ budget: capped(100_000) });
    const asked = await f.request();
    const call = planCallOf(asked, 1_000);
    const tried = await Promise.allSettled(
      Array.from({ length: 30 }, (_, chapter) =>
        f.deps.meter.begin({ ...call, step: 'write-chapter', chapter }),
      ),
    );
    expect(tried.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
  });

  test('are separate per character', async () => {
    const budget = buildBudget({
      eachCharacter: { day: none, month: { tokens: 1_000, money: null } },
    });
    const f = fleet({ budget });
    await f.request();
    await expect(f.work(f.take('plan-day'))).rejects.toMatchObject({
      code: 'budget_exhausted',
    });
  });

  test('the provider’s daily quota is enforced', async () => {
    const quotas = { bucket: null, day: { max: 3, timeZone: 'America/Los_Angeles' } };
    const f = fleet({ quotas, clock: await db.databaseClock() });
    await f.request();
    await f.work(f.take('plan-day'));
    await f.work(f.take('write-chapter'));
    await f.work(f.take('write-chapter'));
    await expect(f.work(f.take('write-chapter'))).rejects.toMatchObject({
      code: 'author_rate_limited',
      details: { daily: true },
    });
  });
});
