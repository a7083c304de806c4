import { type Clock, localDate, Temporal } from '@texas-ai/kernel';
import {
  buildProfile,
  buildStepDeps,
  type MemoryQueue,
  makeLogSpy,
  makeMemoryQueue,
  makeScriptedAuthor,
  makeTestDatabase,
  type ScriptedAuthor,
  type TestDatabase,
} from '@texas-ai/testing';
import type { AuthorName } from '../src/authoring/author.js';
import type { Quotas } from '../src/authoring/call-meter.js';
import { fallBackOverdue } from '../src/generation/fall-back-overdue.js';
import type { Generation } from '../src/generation/generation.js';
import { type FailureOutcome, handleFailure } from '../src/generation/handle-failure.js';
import { planDay } from '../src/generation/plan-day.js';
import { publishDay } from '../src/generation/publish-day.js';
import { requestGeneration } from '../src/generation/request-generation.js';
import type { Step } from '../src/generation/steps.js';
import { writeChapter } from '../src/generation/write-chapter.js';
import type { Budget } from '../src/spending/budget.js';

// The steps of a generation as functions, on a real database, with a queue in memory.

export interface FleetOptions {
  /** By default a scripted author with the name gemini. */
  author?: ScriptedAuthor;
  offline?: ScriptedAuthor;
  fallback?: 'offline' | 'none';
  budget?: Budget;
  quotas?: Quotas;
  /** By default fixed at 2026-11-23T00:00:00Z. */
  clock?: Clock;
}

export const fixedClock: Clock = { now: () => Temporal.Instant.from('2026-11-23T00:00:00Z') };

/** A database for a test file, with the character of a fleet. */
export async function makeFleetDatabase(): Promise<TestDatabase> {
  const db = await makeTestDatabase();
  const profile = buildProfile('zh', { id: 'texas', timeZone: 'Asia/Shanghai' });
  await db.store.characters.synchronise([{ profile, hash: 'hash-1' }]);
  return db;
}

/** Removes all calls, sums and cooldowns. */
export async function clearSpending({ database }: TestDatabase): Promise<void> {
  for (const table of ['author_holds', 'spending', 'spending_shards', 'author_calls'])
    await database(table).delete();
}

const taken = new Set<string>();

/** The first date from tomorrow on that no other fleet uses. */
function freeDate({ now }: Clock): string {
  let date = localDate(now(), 'Asia/Shanghai').add({ days: 1 });
  while (taken.has(date.toString())) date = date.add({ days: 1 });
  taken.add(date.toString());
  return date.toString();
}

export function makeFleet(db: TestDatabase, options: FleetOptions = {}) {
  const { clock = fixedClock, fallback = 'none' } = options;
  const author = options.author ?? makeScriptedAuthor();
  const offline = options.offline ?? makeScriptedAuthor({ name: 'offline' });
  const date = freeDate(clock);
  const steps: MemoryQueue = makeMemoryQueue();
  const { store } = db;
  const logger = makeLogSpy();
  const signal = new AbortController().signal;
  const announced: string[] = [];
  const progressed: string[] = [];
  const weather = {
    name: 'seeded' as const,
    weather: async () => ({
      summary: '晴',
      condition: 'sunny' as const,
      tempMinC: 5,
      tempMaxC: 12,
      source: 'seeded' as const,
    }),
  };
  const authors = (name: AuthorName) => (name === author.name ? author : offline);
  const onProgress = (id: string) => progressed.push(id);
  const { budget, quotas } = options;
  const shared = buildStepDeps(store, {
    clock,
    ...(budget && { budget }),
    ...(quotas && { quotas }),
  });
  const deps = { ...shared, store, steps, logger, weather, authors, onProgress, chapters: 4 };
  const announce = async ({ id }: Generation) => void announced.push(id);
  const requesting = {
    ...deps,
    author: author.name,
    window: { daysBack: 366, daysAhead: 366 },
  };

  async function work(step: Step): Promise<void> {
    if (step.kind === 'plan-day') await planDay(deps, step, signal);
    if (step.kind === 'write-chapter') {
      await writeChapter(deps, { ...step, chapter: step.chapter ?? 0 }, signal);
    }
    if (step.kind === 'publish-day') await publishDay({ store, announce }, step);
  }

  async function now(id: string): Promise<Generation> {
    const generation = await store.generations.find(id);
    if (!generation) throw new Error('The generation is gone.');
    return generation;
  }

  return {
    date,
    steps,
    store,
    author,
    offline,
    announced,
    announce,
    deps,
    requesting,
    work,
    now,
    request: (
      wanted: { fresh?: boolean; idempotencyKey?: string; askedBy?: Generation['askedBy'] } = {},
    ): Promise<Generation> =>
      requestGeneration(requesting, {
        character: 'texas',
        date: Temporal.PlainDate.from(date),
        fresh: wanted.fresh ?? false,
        askedBy: wanted.askedBy ?? 'person',
        idempotency: wanted.idempotencyKey
          ? { caller: 'somebody', key: wanted.idempotencyKey }
          : null,
        requestId: 'request-1',
      }),
    async workAll(): Promise<void> {
      for (let step = steps.waiting.shift(); step; step = steps.waiting.shift()) await work(step);
    },
    take(kind: Step['kind']): Step {
      const index = steps.waiting.findIndex((step) => step.kind === kind);
      const [step] = steps.waiting.splice(index, 1);
      if (index < 0 || !step) throw new Error(`No ${kind} is waiting.`);
      return step;
    },
    /** Like the reconciler, but returns only this date; by default workers can call both authors. */
    async fallBackOverdue(available: readonly AuthorName[] = [author.name, 'offline']) {
      const ended = await fallBackOverdue({ store, steps, fallback, clock }, available, {
        atOnce: true,
      });
      return ended.filter(({ outcome }) => outcome.generation?.date.toString() === date);
    },
    handleFailure: (step: Step, failure: unknown): Promise<FailureOutcome> =>
      handleFailure(
        {
          store,
          steps,
          authors,
          fallback,
          clock,
          random: () => 0.5,
          timing: { retryMs: 15_000, retryStorageMs: 5_000, probeMs: 300_000 },
        },
        step,
        failure,
      ),
  };
}
