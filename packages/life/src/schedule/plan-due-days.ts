import type { Clock, Logger, MinuteOfDay, Temporal } from '@texas-ai/kernel';
import type { AuthorName } from '../authoring/author.js';
import { enqueueNext, type StepQueue } from '../generation/steps.js';
import { type Budget, fewerChapters, hasCaps } from '../spending/budget.js';
import {
  type BudgetState,
  budgetState,
  type Expectation,
  expectedGeneration,
} from '../spending/budget-state.js';
import type { Repositories, Store } from '../store.js';
import { fallbackAt, planningAt } from './planning-time.js';
import type { DueCharacter, ScheduledGeneration } from './schedule-repository.js';

export interface PlanDueDaysDeps {
  store: Pick<Store, 'transaction'>;
  steps: StepQueue;
  clock: Clock;
  logger: Logger;
  /** Local to each character, minutes since midnight. */
  planningTime: MinuteOfDay;
  /** The author of new generations, and the model that is billed; null if nothing is billed. */
  author: AuthorName;
  model: string | null;
  fallback: 'offline' | 'none';
  chapters: number;
  budget: Budget;
}

/** Characters per transaction, few enough not to block the event loop. */
const batch = 250;

/**
 * Begins a generation for every character whose planning time has come and who has neither a day nor a
 * generation in flight for that date. Any number of workers may run this at once; each handles different
 * characters. Returns the number of generations begun, and how many of them the budget leaves to the
 * offline author. Rejects with `storage_unavailable`.
 */
export async function planDueDays(
  deps: PlanDueDaysDeps,
  signal: AbortSignal,
): Promise<{ begun: number; overBudget: number }> {
  const { store, clock, steps, logger } = deps;
  let begun = 0;
  let overBudget = 0;
  let expected: Expectation | null = null;
  // The same instant for all batches: characters that become due meanwhile wait for the next run.
  const now = clock.now();
  for (;;) {
    signal.throwIfAborted();
    const due = await store.transaction(async (repositories) => {
      const { schedule, ledger } = repositories;
      const characters = await schedule.due(now, batch);
      if (characters.length === 0) return null;
      const planned = characters.map((each) => ({ each, ...planningOf(deps, each, now) }));
      await schedule.planNext(new Map(planned.map(({ each, next }) => [each.id, next])));
      const dated = planned.flatMap(({ each, date }) => (date === null ? [] : [{ ...each, date }]));
      const missing = await schedule.withoutDay(dated);
      if (missing.length === 0) return { count: characters.length, needs: [] };
      expected ??= await forecast(deps, repositories, now, missing.length);
      const wanted = await withinBudget(deps, ledger, missing, expected, now);
      return { count: characters.length, needs: await schedule.begin(wanted) };
    });
    if (due === null) return { begun, overBudget };
    begun += due.needs.length;
    overBudget += due.needs.filter(({ generation }) => generation.author !== deps.author).length;
    await enqueueNext(steps, ...due.needs).catch((error) => {
      // They are stored; the reconciler enqueues them.
      logger.warn('days begun but not enqueued', { days: due.needs.length, error });
    });
    if (due.count < batch) return { begun, overBudget };
  }
}

/** A character with a time zone unknown here is retried a day later and blocks no other. */
function planningOf(
  { planningTime, logger }: PlanDueDaysDeps,
  { id, timeZone }: DueCharacter,
  now: Temporal.Instant,
): ReturnType<typeof planningAt> {
  try {
    return planningAt(now, timeZone, planningTime);
  } catch (error) {
    logger.error('character not planned: unknown time zone', {
      character: id,
      timeZone,
      error,
    });
    return { date: null, next: now.add({ hours: 24 }) };
  }
}

type DatedCharacter = DueCharacter & { date: Temporal.PlainDate };

/** The expected cost of one day; logs that of all due days, including those of later batches. */
async function forecast(
  { budget, author, model, chapters, logger }: PlanDueDaysDeps,
  { ledger, schedule }: Pick<Repositories, 'ledger' | 'schedule'>,
  now: Temporal.Instant,
  missing: number,
): Promise<Expectation> {
  if (model === null) return { tokens: 0, money: 0, known: true };
  const days = missing + (await schedule.countDue(now));
  const expected = await expectedGeneration(ledger, { budget, author, model, chapters, now });
  logger.info('days are due', {
    days,
    author,
    expectedTokens: Math.round(expected.tokens * days),
    expectedMoney: expected.money === null ? null : Number((expected.money * days).toFixed(4)),
  });
  return expected;
}

/** Chooses the author and the number of chapters of each day so that all days together stay within the caps. */
async function withinBudget(
  deps: PlanDueDaysDeps,
  ledger: Repositories['ledger'],
  characters: readonly DatedCharacter[],
  expected: Expectation,
  now: Temporal.Instant,
): Promise<ScheduledGeneration[]> {
  const { budget, author, model, chapters, fallback } = deps;
  const capped = model !== null && hasCaps(budget);
  const state = capped ? await currentState(deps, ledger, characters, expected, now) : null;
  return characters.map((character) => {
    const { id, date } = character;
    const level = state?.levelOf(id, expected) ?? 'full';
    if (level === 'offline' && fallback === 'offline') return overBudget(character, author);
    if (level !== 'offline') state?.reserve(id, expected);
    return {
      character: id,
      date,
      author,
      fallback: null,
      chaptersWanted: level === 'fewer-chapters' ? fewerChapters(chapters) : null,
      fallbackAt: model === null ? null : fallbackAt(now, date, character),
    };
  });
}

/** The budget spent so far, including the remaining cost of generations in flight. */
async function currentState(
  { budget, author }: PlanDueDaysDeps,
  ledger: Repositories['ledger'],
  characters: readonly DatedCharacter[],
  expected: Expectation,
  now: Temporal.Instant,
): Promise<BudgetState> {
  // Waits for other workers that are planning, so that their generations are in flight by then.
  await ledger.lockForecast();
  const ids = characters.map(({ id }) => id);
  const state = await budgetState(ledger, budget, ids, now);
  state.reserve(null, await ledger.stillToSpend(author, expected));
  return state;
}

function overBudget({ id, date }: DatedCharacter, author: AuthorName): ScheduledGeneration {
  return {
    character: id,
    date,
    author: 'offline',
    fallback: {
      from: author,
      code: 'budget_exhausted',
      message: 'The budget has no room for another day.',
    },
    chaptersWanted: null,
    fallbackAt: null,
  };
}
