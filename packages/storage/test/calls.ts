import { Temporal } from '@texas-ai/kernel';
import { type Budget, type PlannedCall, sumsOf } from '@texas-ai/life';
import { buildBudget, makeLogSpy, type TestDatabase } from '@texas-ai/testing';
import { type Database, openDatabase } from '../src/database/database.js';

/** Noon of 2026-11-23 in Shanghai, whose days the budget of these tests counts. */
export const noon = Temporal.Instant.from('2026-11-23T04:00:00Z');

type CallOverrides = Partial<PlannedCall> & { budget?: Partial<Budget>; now?: Temporal.Instant };

/**
 * A chapter's call for texas that is expected to use 600 and 400 tokens for 0.01. Nothing is capped,
 * and its lease has run out already, so that it can be opened any number of times.
 */
export function buildCall(
  generationId: string,
  { budget = {}, now = noon, ...overrides }: CallOverrides = {},
): PlannedCall {
  const character = overrides.character ?? 'texas';
  return {
    generationId,
    character,
    date: '2026-11-24',
    step: 'write-chapter',
    chapter: 0,
    author: 'gemini',
    fingerprint: 'a-key',
    model: 'scripted',
    expected: { inputTokens: 600, outputTokens: 400, money: 0.01 },
    maxCalls: 1_000,
    leaseMs: -60_000,
    sums: sumsOf(buildBudget(budget), character, now),
    daily: null,
    ...overrides,
  };
}

/** A probe that is expected to use 30 tokens for 0.00001; it is for no day of anybody. */
export function buildProbe(overrides: CallOverrides = {}): PlannedCall {
  const { budget = {}, now = noon } = overrides;
  return {
    ...buildCall('', overrides),
    generationId: null,
    character: null,
    date: null,
    step: 'probe',
    chapter: null,
    expected: { inputTokens: 20, outputTokens: 10, money: 0.000_01 },
    sums: sumsOf(buildBudget(budget), null, now),
  };
}

/** One more pool on the database, with all its connections open: nobody begins before the others. */
export async function openPool({ url }: TestDatabase, poolMax: number): Promise<Database> {
  const pool = openDatabase({
    url,
    applicationName: 'texas-test-pool',
    poolMax,
    connectTimeoutSeconds: 60,
    acquireTimeoutSeconds: 60,
    statementTimeoutSeconds: 60,
    idleInTransactionTimeoutSeconds: 10,
    logger: makeLogSpy(),
  });
  let open = 0;
  let resolve: () => void = () => undefined;
  const all = new Promise<void>((done) => {
    resolve = done;
  });
  const connect = () =>
    pool.transaction(async () => {
      open += 1;
      if (open === poolMax) resolve();
      await all;
    });
  await Promise.all(Array.from({ length: poolMax }, connect));
  return pool;
}
