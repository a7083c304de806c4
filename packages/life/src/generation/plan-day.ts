import { seededRandom } from '@texas-ai/kernel';
import { type AskAuthorDeps, askAuthor, type Checked } from '../authoring/ask-author.js';
import type { Authors } from '../authoring/author.js';
import type { DayBrief } from '../day/brief.js';
import type { Plan } from '../day/plan.js';
import { groupChapters } from '../drafting/chapters.js';
import { planWarnings } from '../drafting/plan-rules.js';
import { readPlanDraft } from '../drafting/read-draft.js';
import { repairPlan } from '../drafting/repair/repair-plan.js';
import { cutSlots } from '../drafting/slots.js';
import {
  type AffordableChaptersDeps,
  affordableChapters,
} from '../spending/affordable-chapters.js';
import type { Store } from '../store.js';
import { type BriefDayDeps, briefDay, subjectOf } from './brief-day.js';
import type { OnProgress } from './progress.js';
import { assertNotStalled } from './retry-policy.js';
import { enqueueNext, type StepQueue } from './steps.js';

export interface PlanDayDeps extends BriefDayDeps, AskAuthorDeps, AffordableChaptersDeps {
  store: Store;
  steps: StepQueue;
  authors: Authors;
  onProgress: OnProgress;
}

/**
 * The step plan-day: gathers the brief, has the author plan the waking hours, repairs the plan, cuts
 * slots, groups chapters, and stores all of it in one transaction. If the plan is already stored, no
 * author is called. Throws the author's failures, `author_invalid_output`, `budget_exhausted`,
 * `step_stalled`, `storage_unavailable`.
 */
export async function planDay(
  deps: PlanDayDeps,
  { generationId, run }: { generationId: string; run: number },
  signal: AbortSignal,
): Promise<void> {
  const { generations, checkpoints } = deps.store;
  const started = await checkpoints.startPlan(generationId, run);
  if (!started) return enqueueNext(deps.steps, await generations.needs(generationId));
  const { generation, tries, profile } = started;
  assertNotStalled(tries);
  deps.onProgress(generationId);
  const subject = subjectOf(profile, generation);
  const author = deps.authors(generation.author);
  const stored = await briefDay(deps, started, signal);
  const brief: DayBrief = { ...subject, ...stored };
  const chapters = await affordableChapters(deps, generation, author);

  const needs = await askAuthor(
    deps,
    {
      generation,
      step: 'plan-day',
      chapter: null,
      author,
      plannedCalls: 1 + chapters,
      ask: (call) => author.writePlan(brief, call),
      check: (answer) => checkPlan(answer, brief),
      store: ({ plan, warnings }, call) => {
        const random = seededRandom(profile.id, subject.date, subject.ordinal, 'slots');
        const planned = {
          plan,
          brief: stored,
          chapters: groupChapters(cutSlots(plan, random), chapters),
          model: author.model,
          authorVersion: author.version,
          warnings,
        };
        return checkpoints.storePlan(generationId, planned, call);
      },
    },
    signal,
  );
  deps.onProgress(generationId);
  await enqueueNext(deps.steps, needs);
}

function checkPlan(answer: unknown, brief: DayBrief): Checked<{ plan: Plan; warnings: string[] }> {
  const draft = readPlanDraft(answer);
  if (draft.problems) return draft;
  const { plan, repairs, refusals } = repairPlan(draft.value, brief);
  if (!plan) return { problems: refusals.map(({ message }) => message) };
  const warnings = [...repairs.map(({ message }) => message), ...planWarnings(plan, brief.dayType)];
  return { value: { plan, warnings } };
}
