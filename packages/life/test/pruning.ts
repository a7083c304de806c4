import { Temporal } from '@texas-ai/kernel';
import { buildProfile, makeLogSpy, makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import { type PruneDeps, prune } from '../src/retention/prune.js';
import type { RetentionAges } from '../src/retention/retention.js';
import { truncateTables } from './stored-lives.js';

const forEver: RetentionAges = {
  supersededDays: null,
  experiencesDays: null,
  interactionsDays: null,
  costsDays: null,
  idempotencyDays: null,
  alertsDays: null,
};

/** Long after all dates of a fleet and all timestamps of the database. */
export const later = Temporal.Instant.from('2099-01-01T12:00:00Z');

/** Pruning on a test database; by default nothing has an age. */
function makePruning(db: TestDatabase) {
  function run(
    ages: Partial<RetentionAges>,
    options: { dryRun?: boolean; now?: Temporal.Instant; signal?: AbortSignal } = {},
    overrides: Partial<PruneDeps> = {},
  ) {
    const { dryRun = false, now = later, signal = new AbortController().signal } = options;
    const deps: PruneDeps = {
      store: db.store,
      clock: { now: () => now },
      logger: makeLogSpy(),
      ages: { ...forEver, ...ages },
      onDayRemoved: async () => undefined,
      ...overrides,
    };
    return prune(deps, { dryRun, signal });
  }

  return {
    run,
    /** The number of removed rows by kind. */
    async removed(...args: Parameters<typeof run>): Promise<Record<string, number>> {
      const pruned = await run(...args);
      return Object.fromEntries(pruned.map(({ kind, count }) => [kind, count]));
    },
    ids: async (table = 'generations'): Promise<string[]> =>
      (await db.database(table).pluck('id')).sort(),
  };
}

/** A database for pruning. Call `reset` before each test. */
export async function makePruningDatabase() {
  const db = await makeTestDatabase();
  async function reset(): Promise<void> {
    await truncateTables(db);
    await db.store.characters.synchronise([
      { profile: buildProfile('zh', { id: 'texas' }), hash: 'hash-1' },
    ]);
  }
  return { db, reset, ...makePruning(db) };
}
