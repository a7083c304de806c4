import { type MinuteOfDay, Temporal, TexasError } from '@texas-ai/kernel';
import {
  buildBudget,
  buildProfile,
  makeLogSpy,
  makeScriptedAuthor,
  type TestDatabase,
} from '@texas-ai/testing';
import type { Step, StepQueue } from '../src/generation/steps.js';
import { type PlanDueDaysDeps, planDueDays } from '../src/schedule/plan-due-days.js';
import type { Budget } from '../src/spending/budget.js';
import type { Store } from '../src/store.js';

/** A queue that records all enqueued steps, including repeated ones. */
export interface StepLog extends StepQueue {
  enqueued: Step[];
  away: boolean;
}

export function makeStepLog(): StepLog {
  const log: StepLog = {
    enqueued: [],
    away: false,
    async enqueue(steps) {
      if (log.away) throw new TexasError('queue_unavailable', 'Redis does not respond.');
      log.enqueued.push(...steps);
    },
    states: async (steps) => steps.map(() => 'none' as const),
  };
  return log;
}

export interface SchedulerOptions {
  store?: Store;
  steps?: StepQueue;
  planningTime?: MinuteOfDay;
  author?: PlanDueDaysDeps['author'];
  fallback?: PlanDueDaysDeps['fallback'];
  budget?: Budget;
}

/** Runs `planDueDays` like a worker; by default with a planning time of 04:00. */
export function makeScheduler(db: TestDatabase, options: SchedulerOptions = {}) {
  const { author = 'gemini' } = options;
  const logger = makeLogSpy();
  const steps = makeStepLog();
  const deps: Omit<PlanDueDaysDeps, 'clock'> = {
    store: db.store,
    steps,
    logger,
    planningTime: 4 * 60,
    author,
    model: makeScriptedAuthor({ name: author }).model,
    fallback: 'offline',
    chapters: 4,
    budget: buildBudget(),
    ...options,
  };
  const signal = new AbortController().signal;
  return {
    steps,
    logger,
    at: (now: Temporal.Instant | string) =>
      planDueDays({ ...deps, clock: { now: () => Temporal.Instant.from(now) } }, signal),
  };
}

/** Inserts characters that were never planned, by id with their time zones. */
export async function insertCharacters(
  { database }: TestDatabase,
  zones: Readonly<Record<string, string>>,
): Promise<void> {
  await database.raw(
    `INSERT INTO characters (id, profile, profile_hash, from_file, next_plan_at)
     SELECT key, :profile::jsonb || jsonb_build_object('id', key, 'timeZone', value), 'hash', true,
       '-infinity'
     FROM jsonb_each_text(:zones)`,
    { profile: JSON.stringify(buildProfile()), zones: JSON.stringify(zones) },
  );
}

/** Ids c0000, c0001, … with one time zone. */
export function manyCharacters(count: number, zone = 'Asia/Shanghai'): Record<string, string> {
  const id = (index: number) => `c${String(index).padStart(4, '0')}`;
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [id(index), zone]));
}

export async function clearCharacters({ database }: TestDatabase): Promise<void> {
  const tables = [
    'days',
    'generations',
    'characters',
    'spending',
    'spending_shards',
    'author_calls',
    'author_holds',
  ];
  for (const table of tables) await database(table).delete();
}

/** Inserts the call of an earlier day with 50,000 tokens, which cost 0.07 at the test prices. */
export async function insertKnownDay({ database }: TestDatabase): Promise<void> {
  await database('author_calls').insert({
    id: '019ac0a5-8b0e-7c1f-9d3a-2f6f5f0f7a11',
    generation_id: '019ac0a5-8b0e-7c1f-9d3a-2f6f5f0f7a12',
    character_id: 'somebody',
    date: '2026-11-22',
    step: 'plan-day',
    author: 'gemini',
    fingerprint: 'scripted-key',
    spent_on: '2026-11-22',
    opened_at: '2026-11-21T20:00:00Z',
    closed_at: '2026-11-21T20:01:00Z',
    input_tokens: 30_000,
    output_tokens: 20_000,
    cost: 0.5,
  });
}

/** The next planning time of each character. */
export async function nextPlanningTimes({
  database,
}: TestDatabase): Promise<Record<string, string>> {
  const rows: { id: string; next_plan_at: Temporal.Instant }[] = await database('characters')
    .orderBy('id')
    .select('id', 'next_plan_at');
  return Object.fromEntries(rows.map(({ id, next_plan_at }) => [id, next_plan_at.toString()]));
}
