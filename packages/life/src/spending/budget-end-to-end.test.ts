import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import {
  buildBudget,
  buildPlanDraft,
  makeScriptedAuthor,
  makeTestDatabase,
  type ScriptedAuthor,
  type TestDatabase,
} from '@texas-ai/testing';
import { makeFleet } from '../../test/fleet.js';
import {
  clearCharacters,
  insertCharacters,
  insertKnownDay,
  makeScheduler,
  manyCharacters,
} from '../../test/scheduler.js';
import type { FailureOutcome } from '../generation/handle-failure.js';
import { type Budget, type Cap, sumsOf } from './budget.js';

// Scheduled days with a budget, written to the end.

let db: TestDatabase;

beforeAll(async () => {
  db = await makeTestDatabase();
});
afterAll(() => db.drop());
beforeEach(async () => {
  for (const table of ['interactions', 'days', 'experiences', 'chapters', 'schedule_items']) {
    await db.database(table).delete();
  }
  await clearCharacters(db);
});

const none: Cap = { tokens: null, money: null };
const four = Temporal.Instant.from('2026-11-22T20:00:00Z');
const clock = { now: () => four };

/** An author whose calls use the default expectation. */
function costlyAuthor(): ScriptedAuthor {
  const author = makeScriptedAuthor();
  return {
    ...author,
    writePlan: async (brief, call) => {
      author.calls.plan += 1;
      call.onUsage({ inputTokens: 6_000, outputTokens: 4_000 });
      return buildPlanDraft(brief.profile.language);
    },
    writeChapter: (brief, call) =>
      author.writeChapter(brief, {
        ...call,
        onUsage: () => call.onUsage({ inputTokens: 6_000, outputTokens: 4_000 }),
      }),
  };
}

/** Begins the days of ten characters and works until all steps are done. */
async function runSchedule(budget: Budget, fallback: 'offline' | 'none') {
  await insertCharacters(db, manyCharacters(10));
  const author = costlyAuthor();
  const fleet = makeFleet(db, { author, budget, fallback, clock });
  const begun = await makeScheduler(db, { budget, fallback, steps: fleet.steps }).at(four);
  const outcomes: FailureOutcome['kind'][] = [];
  for (let step = fleet.steps.waiting.shift(); step; step = fleet.steps.waiting.shift()) {
    try {
      await fleet.work(step);
    } catch (error) {
      outcomes.push((await fleet.handleFailure(step, error)).kind);
    }
  }
  return { begun, outcomes, author };
}

async function ended(): Promise<Record<string, number>> {
  const rows = await db.database('generations').select('*');
  const counts: Record<string, number> = {};
  for (const { status, author, error_code, fallback_code } of rows) {
    const name = [status, author, error_code ?? fallback_code].filter(Boolean).join(' ');
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
/** The tokens of everybody's day. */
async function spentTokens(): Promise<number> {
  const [day] = sumsOf(buildBudget(), null, clock.now());
  const [spent] = day ? (await db.store.ledger.spent([day])).values() : [];
  return spent?.tokens ?? 0;
}

const daily = (tokens: number) =>
  buildBudget({ everybody: { day: { tokens, money: null }, month: none } });

test('days without caps spend what they need', async () => {
  const { outcomes } = await runSchedule(buildBudget(), 'offline');
  expect(outcomes).toEqual([]);
  expect(await ended()).toEqual({ 'published gemini': 10 });
  expect(await spentTokens()).toBe(500_000);
});

test.each([120_000, 250_000, 400_000])(
  'a cap of %i tokens is kept, and every day is published',
  async (tokens) => {
    const { begun } = await runSchedule(daily(tokens), 'offline');
    expect(begun).toEqual({ begun: 10, overBudget: 10 - Math.floor(tokens / 50_000) });
    const { 'published gemini': paid = 0, ...others } = await ended();
    expect(others).toEqual({ 'published offline budget_exhausted': 10 - paid });
    expect(paid).toBe(Math.floor(tokens / 50_000));
    expect(await spentTokens()).toBeLessThanOrEqual(tokens);
    const days = await db.database('days').select('character_id');
    expect(days).toHaveLength(10);
  },
);

test('without a fallback, each day over budget fails once', async () => {
  const { begun, outcomes, author } = await runSchedule(daily(120_000), 'none');
  expect(begun).toEqual({ begun: 10, overBudget: 0 });
  const { 'published gemini': paid = 0, ...others } = await ended();
  expect(others).toEqual({ 'failed gemini budget_exhausted': 10 - paid });
  expect(outcomes).toEqual(Array(10 - paid).fill('failed'));
  expect(await spentTokens()).toBeLessThanOrEqual(120_000);
  expect(author.calls.plan).toBeLessThan(10);
  // Running again begins nothing: the next date has its own time.
  expect(await makeScheduler(db, { budget: daily(120_000), fallback: 'none' }).at(four)).toEqual({
    begun: 0,
    overBudget: 0,
  });
});

test('a character at her own cap does not stop others', async () => {
  const budget = buildBudget({
    eachCharacter: { day: { tokens: 30_000, money: null }, month: none },
  });
  await insertKnownDay(db);
  const { author } = await runSchedule(budget, 'none');
  expect(await ended()).toEqual({ 'failed gemini budget_exhausted': 10 });
  expect(author.calls.plan).toBe(0);
  expect(await spentTokens()).toBe(0);
});
