import { Temporal } from '@texas-ai/kernel';
import { type Budget, type PlannedCall, sumsOf } from '@texas-ai/life';
import { buildBudget, makeLogSpy, type TestDatabase } from '@texas-ai/testing';
import { type Database, openDatabase } from '../src/database/database.js';

/** 12:00 of 2026-11-23 in Shanghai, the time zone of these tests' budget. */
export const fixedNow = Temporal.Instant.from('2026-11-23T04:00:00Z');

type CallOverrides = Partial<PlannedCall> & { budget?: Partial<Budget>; now?: Temporal.Instant };

/**
 * A chapter's call for texas, expected to use 600 and 400 tokens for 0.01. It has no caps, and its lease
 * has already expired, so it can be opened any number of times.
 */
export function buildCall(
  generationId: string,
  { budget = {}, now = fixedNow, ...overrides }: CallOverrides = {},
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

/** A probe, expected to use 30 tokens for 0.00001. */
export function buildProbe(overrides: CallOverrides = {}): PlannedCall {
  const { budget = {}, now = fixedNow } = overrides;
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

/** Another pool on the database with all its connections open, so that queries start at once. */
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
