import { type Clock, seededRandom, TexasError } from '@texas-ai/kernel';
import { type AskAuthorDeps, askAuthor, type Checked } from '../authoring/ask-author.js';
import type { Author, AuthorName, Authors } from '../authoring/author.js';
import { holding } from '../authoring/store-with-retry.js';
import type { DayBrief } from '../day/brief.js';
import type { Plan } from '../day/plan.js';
import { groupChapters } from '../drafting/chapters.js';
import { matterOfTaste } from '../drafting/plan-rules.js';
import { readPlanDraft } from '../drafting/read-draft.js';
import { repairPlan } from '../drafting/repair/repair-plan.js';
import { cutSlots } from '../drafting/slots.js';
import { type Budget, type Expected, fewerChapters, hasCaps } from '../spending/budget.js';
import { budgetState, expectedGeneration } from '../spending/budget-state.js';
import type { Store } from '../store.js';
import { type BriefDayDeps, briefDay } from './brief-day.js';
import { continueGeneration } from './continue-generation.js';
import type { Generation } from './generation.js';
import type { OnProgress } from './progress.js';
import { assertNotStalled, missingSteps, type StepQueue } from './steps.js';

export interface PlanDayDeps extends BriefDayDeps, AskAuthorDeps {
  store: Store;
  steps: StepQueue;
  authors: Authors;
  onProgress: OnProgress;
  clock: Clock;
  budget: Budget;
  /** How many chapters a day is written in. */
  chapters: number;
}

/**
 * The step plan-day: gathers the brief, has the author plan the waking hours, repairs the times,
 * cuts slots, groups chapters and stores all of it in one transaction. Repeating it asks nobody for
 * what is stored. Throws the author's failures, `author_invalid_output`, `budget_exhausted`,
 * `step_stalled`, `storage_unavailable`.
 */
export async function planDay(
  deps: PlanDayDeps,
  { generationId, run }: { generationId: string; run: number },
  signal: AbortSignal,
): Promise<void> {
  const begun = await deps.store.generations.beginPlan(generationId, run);
  if (!begun) return continueGeneration(deps, generationId);
  const { generation, tries } = begun;
  assertNotStalled(tries);
  deps.onProgress(generationId);
  const profile = await deps.store.characters.find(generation.character);
  if (!profile) {
    throw new TexasError('character_not_found', `“${generation.character}” has no profile.`);
  }
  const author = deps.authors(generation.author);
  const brief = await briefDay(deps, generation, profile, signal);
  const chapters = await affordableChapters(deps, generation, author);

  const { plan, warnings } = await askAuthor(
    deps,
    { generation, step: 'plan-day', chapter: null, author, plannedCalls: 1 + chapters },
    signal,
    (call) => author.writePlan(brief, call),
    (answer) => checkPlan(answer, brief),
  );
  const { profile: _profile, date: _date, ordinal, ...stored } = brief;
  const slots = cutSlots(plan, seededRandom(profile.id, brief.date, ordinal, 'slots'));
  const planned = {
    plan,
    brief: stored,
    chapters: groupChapters(slots, chapters),
    model: author.model,
    authorVersion: author.version,
    warnings,
  };
  const current = await holding(deps, signal, () =>
    deps.store.generations.storePlan(generationId, planned),
  );
  deps.onProgress(generationId);
  await deps.steps.enqueue(await missingSteps(deps.store.generations, current));
}

/** As many as configured, fewer near a cap of the budget. Throws `budget_exhausted` past one. */
async function affordableChapters(
  { store, budget, chapters, clock }: PlanDayDeps,
  { chaptersWanted, character }: Generation,
  { name, fingerprint, model }: Author,
): Promise<number> {
  if (chaptersWanted !== null) return Math.min(chaptersWanted, chapters);
  if (fingerprint === null || !hasCaps(budget)) return chapters;
  const now = clock.now();
  const expected = await expectedGeneration(store.ledger, {
    budget,
    author: name,
    model,
    chapters,
    now,
  });
  const state = await budgetState(store.ledger, budget, [character], now);
  const known = expected.known || (await othersUnderWay(store.ledger, name, expected));
  switch (state.rungOf(character, { ...expected, known })) {
    case 'full':
      return chapters;
    case 'fewer-chapters':
      return fewerChapters(chapters);
    case 'offline':
      throw new TexasError('budget_exhausted', 'The budget has no room for another day.');
  }
}

/** They tell soon what a day takes. */
async function othersUnderWay(
  ledger: Store['ledger'],
  author: AuthorName,
  own: Expected,
): Promise<boolean> {
  const { tokens } = await ledger.stillToSpend(author, own);
  return tokens > own.tokens;
}

function checkPlan(answer: unknown, brief: DayBrief): Checked<{ plan: Plan; warnings: string[] }> {
  const draft = readPlanDraft(answer);
  if (draft.problems) return draft;
  const { plan, mended, verdict } = repairPlan(draft.value, brief);
  if (!plan) return { problems: verdict.map((problem) => problem.message) };
  const warnings = [...mended.map((mend) => mend.message), ...matterOfTaste(plan, brief.dayType)];
  return { value: { plan, warnings } };
}
