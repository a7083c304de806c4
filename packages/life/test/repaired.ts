import { expect } from '@jest/globals';
import { formatMinute } from '@texas-ai/kernel';
import type { Plan } from '../src/day/plan.js';
import type { PlanDraft } from '../src/drafting/draft.js';
import { planProblems } from '../src/drafting/plan-rules.js';
import { type PlanFrame, repairPlan } from '../src/drafting/repair/repair-plan.js';
import { sampleDraft, sampleProfile, validDraft } from './day-material.js';

export const frame: PlanFrame = { profile: sampleProfile(), wake: 420, sleep: 1380 };

/** Repairs a draft and expects a valid plan. */
export function repaired(draft: PlanDraft, within = frame) {
  const { plan, repairs, refusals } = repairPlan(draft, within);
  expect(refusals).toEqual([]);
  if (!plan) throw new Error('There is no plan.');
  expect(planProblems(plan, within)).toEqual([]);
  return { plan, rules: [...new Set(repairs.map(({ rule }) => rule))], repairs };
}

/** The waking items as `07:00-08:00 Item 1`. */
export function outline(plan: Plan): string[] {
  return plan.items
    .filter((item) => !item.asleep)
    .map(({ start, end, title }) => `${formatMinute(start)}-${formatMinute(end)} ${title}`);
}

/** The valid draft with these items instead of those between 08:00 and 12:00. */
export function morning(...items: Parameters<typeof sampleDraft>): PlanDraft {
  const [first, , , ...rest] = validDraft().items;
  return {
    summary: 'A day.',
    items: first ? [first, ...sampleDraft(...items).items, ...rest] : [],
  };
}

export function withItem(draft: PlanDraft, index: number, over: object): PlanDraft {
  return {
    ...draft,
    items: draft.items.map((item, i) => (i === index ? { ...item, ...over } : item)),
  };
}
