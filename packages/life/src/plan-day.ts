import { seededRandom, TexasError } from '@texas-ai/kernel';
import {
  type Authors,
  askAuthor,
  assertUnderCallCap,
  type Checked,
  paidWork,
} from './ask-author.js';
import type { DayBrief } from './brief.js';
import { type BriefDayDeps, briefDay } from './brief-day.js';
import { groupChapters } from './chapters.js';
import { continueGeneration } from './continue-generation.js';
import { planDraftSchema } from './draft.js';
import { describeIssues } from './issues.js';
import type { Plan } from './plan.js';
import { matterOfTaste } from './plan-rules.js';
import type { OnProgress } from './progress.js';
import { repairPlan } from './repair.js';
import { cutSlots } from './slots.js';
import { missingSteps, type StepQueue } from './steps.js';

export interface PlanDayDeps extends BriefDayDeps {
  steps: StepQueue;
  authors: Authors;
  onProgress: OnProgress;
  /** How many chapters a day is written in. */
  chapters: number;
}

/**
 * The step plan-day: gathers the brief, has the author plan the waking hours, repairs the times,
 * cuts slots, groups chapters and stores all of it in one transaction. Repeating it asks nobody for
 * what is stored. Throws the author's failures, `author_invalid_output`, `storage_unavailable`.
 */
export async function planDay(
  deps: PlanDayDeps,
  { generationId, run }: { generationId: string; run: number },
  signal: AbortSignal,
): Promise<void> {
  const begun = await deps.store.generations.beginPlan(generationId, run);
  if (!begun) return continueGeneration(deps, generationId);
  const { generation } = begun;
  deps.onProgress(generationId);
  const profile = await deps.store.characters.find(generation.character);
  if (!profile) {
    throw new TexasError('character_not_found', `“${generation.character}” has no profile.`);
  }
  const author = deps.authors(generation.author);
  const brief = await briefDay(deps, generation, profile, signal);
  assertUnderCallCap(generation, 1 + deps.chapters);

  const { value, usage } = await paidWork(deps.store.generations, generation, signal, (call) =>
    askAuthor(
      (problems) => author.writePlan(brief, { ...call, problems }),
      (answer) => checkPlan(answer, brief),
    ),
  );
  const { profile: _profile, date: _date, ordinal, ...stored } = brief;
  const slots = cutSlots(value.plan, seededRandom(profile.id, brief.date, ordinal, 'slots'));
  const planned = {
    plan: value.plan,
    brief: stored,
    chapters: groupChapters(slots, deps.chapters),
    model: author.model,
    authorVersion: author.version,
    warnings: value.warnings,
  };
  const current = await deps.store.generations.storePlan(generationId, planned, usage);
  deps.onProgress(generationId);
  await deps.steps.enqueue(await missingSteps(deps.store.generations, current));
}

function checkPlan(answer: unknown, brief: DayBrief): Checked<{ plan: Plan; warnings: string[] }> {
  const draft = planDraftSchema.safeParse(answer);
  if (!draft.success) return { problems: describeIssues(draft.error) };
  const { plan, mended, verdict } = repairPlan(draft.data, brief);
  if (!plan) return { problems: verdict.map((problem) => problem.message) };
  const warnings = [...mended.map((mend) => mend.message), ...matterOfTaste(plan, brief.dayType)];
  return { value: { plan, warnings } };
}
