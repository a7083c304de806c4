import type { Clock, Logger, MinuteOfDay, Temporal } from '@texas-ai/kernel';
import type { AuthorName } from '../authoring/author.js';
import { type StepQueue, stepsOf } from '../generation/steps.js';
import { type Budget, fewerChapters, hasCaps } from '../spending/budget.js';
import {
  type BudgetState,
  budgetState,
  type Expectation,
  expectedGeneration,
} from '../spending/budget-state.js';
import type {
  DueCharacter,
  GenerationNeeds,
  NightlyGeneration,
  Repositories,
  Store,
} from '../store.js';
import { fallbackAt, planningAt } from './planning.js';

export interface PlanDueDaysDeps {
  store: Store;
  steps: StepQueue;
  clock: Clock;
  logger: Logger;
  /** Local to each character, minutes since midnight. */
  planningTime: MinuteOfDay;
  /** Who writes new generations, and the model that is billed for; null where nothing is. */
  author: AuthorName;
  model: string | null;
  fallback: 'offline' | 'none';
  chapters: number;
  budget: Budget;
}

/** Characters looked after in one transaction, few enough not to hold the event loop. */
const batch = 250;

/**
 * Begins a generation for every character whose planning time has come and who has no day of that
 * date yet, in flight or written. Any number of workers may do so at once: each takes
 * others. Answers how many were begun, and how many of them the budget leaves to the offline author.
 * Rejects with `storage_unavailable`.
 */
export async function planDueDays(
  deps: PlanDueDaysDeps,
  signal: AbortSignal,
): Promise<{ begun: number; overBudget: number }> {
  const { store, clock, steps, logger } = deps;
  let begun = 0;
  let overBudget = 0;
  let expected: Expectation | null = null;
  // One moment for all of them, so that whoever becomes due meanwhile waits for the next time.
  const now = clock.now();
  for (;;) {
    signal.throwIfAborted();
    const due = await store.transaction(async (inTransaction) => {
      const characters = await inTransaction.characters.due(now, batch);
      if (characters.length === 0) return null;
      const planned = characters.map((each) => ({ each, ...planningOf(deps, each, now) }));
      await inTransaction.characters.planNext(
        new Map(planned.map(({ each, next }) => [each.id, next])),
      );
      const dated = planned.flatMap(({ each, date }) => (date === null ? [] : [{ ...each, date }]));
      const missing = await inTransaction.generations.withoutDay(dated);
      if (missing.length === 0) return { count: characters.length, needs: [] };
      // In a transaction only the transaction is asked: it may have the last connection.
      expected ??= await forecast(deps, inTransaction, now, missing.length);
      const wanted = await withinBudget(deps, inTransaction.ledger, missing, expected, now);
      return {
        count: characters.length,
        needs: await inTransaction.generations.beginNightly(wanted),
      };
    });
    if (due === null) return { begun, overBudget };
    begun += due.needs.length;
    overBudget += due.needs.filter(({ generation }) => generation.author !== deps.author).length;
    await enqueue(steps, due.needs, logger);
    if (due.count < batch) return { begun, overBudget };
  }
}

/** A zone that this machine does not know is looked at again a day later, and stops nobody else. */
function planningOf(
  { planningTime, logger }: PlanDueDaysDeps,
  { id, timeZone }: DueCharacter,
  now: Temporal.Instant,
): ReturnType<typeof planningAt> {
  try {
    return planningAt(now, timeZone, planningTime);
  } catch (error) {
    logger.error('character not planned, her time zone is unknown here', {
      character: id,
      timeZone,
      error,
    });
    return { date: null, next: now.add({ hours: 24 }) };
  }
}

interface DatedCharacter extends DueCharacter {
  date: string;
}

/** What one day will cost, and a line of what the night will, those included that are due after these. */
async function forecast(
  { budget, author, model, chapters, logger }: PlanDueDaysDeps,
  { ledger, characters }: Pick<Repositories, 'ledger' | 'characters'>,
  now: Temporal.Instant,
  missing: number,
): Promise<Expectation> {
  if (model === null) return { tokens: 0, money: 0, known: true };
  const days = missing + (await characters.countDue(now));
  const expected = await expectedGeneration(ledger, { budget, author, model, chapters, now });
  logger.info('days are due', {
    days,
    author,
    expectedTokens: Math.round(expected.tokens * days),
    expectedMoney: expected.money === null ? null : Number((expected.money * days).toFixed(4)),
  });
  return expected;
}

/** Who writes each day and in how many chapters, so that the caps hold for all of them together. */
async function withinBudget(
  deps: PlanDueDaysDeps,
  ledger: Repositories['ledger'],
  characters: readonly DatedCharacter[],
  expected: Expectation,
  now: Temporal.Instant,
): Promise<NightlyGeneration[]> {
  const { budget, author, model } = deps;
  const capped = model !== null && hasCaps(budget);
  const state = capped ? await stateWithFlight(deps, ledger, characters, expected, now) : null;
  return characters.map((character) => {
    const rung = state?.rungOf(character.id, expected) ?? 'full';
    if (rung === 'offline' && deps.fallback === 'offline') return offline(character, author);
    if (rung !== 'offline') state?.setAside(character.id, expected);
    return {
      character: character.id,
      date: character.date,
      author,
      fallback: null,
      chaptersWanted: rung === 'fewer-chapters' ? fewerChapters(deps.chapters) : null,
      fallbackAt: model === null ? null : fallbackAt(now, character.date, character),
    };
  });
}

/** The budget less what the generations in flight will still cost. */
async function stateWithFlight(
  { budget, author }: PlanDueDaysDeps,
  ledger: Repositories['ledger'],
  characters: readonly DatedCharacter[],
  expected: Expectation,
  now: Temporal.Instant,
): Promise<BudgetState> {
  // Whoever plans others at this moment is waited for: what it begins is in flight then.
  await ledger.lockForecast();
  const ids = characters.map(({ id }) => id);
  const state = await budgetState(ledger, budget, ids, now);
  state.setAside(null, await ledger.stillToSpend(author, expected));
  return state;
}

function offline({ id, date }: DatedCharacter, author: AuthorName): NightlyGeneration {
  return {
    character: id,
    date,
    author: 'offline',
    fallback: {
      from: author,
      code: 'budget_exhausted',
      reason: 'The budget has no room for another day.',
    },
    chaptersWanted: null,
    fallbackAt: null,
  };
}

async function enqueue(
  steps: StepQueue,
  needs: readonly GenerationNeeds[],
  logger: Logger,
): Promise<void> {
  if (needs.length === 0) return;
  try {
    await steps.enqueue(needs.flatMap(stepsOf));
  } catch (error) {
    // They are stored; the reconciler enqueues them.
    logger.warn('days begun but not enqueued', { days: needs.length, error });
  }
}
