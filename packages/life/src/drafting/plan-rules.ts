import { formatMinute, minutesPerDay } from '@texas-ai/kernel';
import type { Category, Profile } from '../character/profile.js';
import type { DayType } from '../day/day-type.js';
import type { Plan, ScheduleItem } from '../day/plan.js';
import { isBlank } from './blank-text.js';
import { quote } from './clean-text.js';
import { minItemMinutes, minItems } from './limits.js';
import type { Problem } from './repair-notes.js';

/** The rules that a plan breaks; empty for a valid plan. */
export function planProblems(plan: Plan, { profile }: { profile: Profile }): Problem[] {
  const { items } = plan;
  const problems = [
    ...items.flatMap((item, i) =>
      i === 0 ? [] : orderProblems(items[i - 1] as ScheduleItem, item),
    ),
    ...items.flatMap((item) => itemProblems(item, profile)),
  ];
  const report = (rule: string, message: string) => problems.push({ rule, message });
  if (items[0]?.start !== 0) report('covers-day', 'The day does not begin at 00:00.');
  if (items.at(-1)?.end !== minutesPerDay) report('covers-day', 'The day does not end at 24:00.');
  if (items.length < minItems)
    report('too-few', `The day has ${items.length} items; it needs at least ${minItems}.`);
  if (!items.some((item) => item.asleep)) report('no-sleep', 'The day has no sleep.');
  if (items.every((item) => item.asleep)) report('no-waking', 'The day has no waking hours.');
  if (isBlank(plan.summary)) report('blank-text', 'The summary is blank.');
  return problems;
}

function orderProblems(before: ScheduleItem, after: ScheduleItem): Problem[] {
  const names = `${quote(before.title)} and ${quote(after.title)}`;
  if (after.start < before.start) return [{ rule: 'order', message: `${names} are out of order.` }];
  if (after.start < before.end) return [{ rule: 'overlap', message: `${names} overlap.` }];
  if (after.start > before.end)
    return [{ rule: 'gap', message: `There is a gap between ${names}.` }];
  return [];
}

function itemProblems(item: ScheduleItem, profile: Profile): Problem[] {
  const name = `${quote(item.title)} at ${formatMinute(item.start)}`;
  const problems: Problem[] = [];
  const length = item.end - item.start;
  if (length < (item.asleep ? 1 : minItemMinutes)) {
    problems.push({ rule: 'too-short', message: `${name} lasts ${length} minutes.` });
  }
  for (const companion of item.companions) {
    if (profile.companions.some((known) => known.name === companion)) continue;
    problems.push({
      rule: 'companion',
      message: `${name} has the companion ${quote(companion)}, who is not in the profile.`,
    });
  }
  for (const field of ['title', 'location', 'description'] as const) {
    if (isBlank(item[field]))
      problems.push({ rule: 'blank-text', message: `${name} has no ${field}.` });
  }
  return problems;
}

/** A longer waking item gets a warning. */
const longItemMinutes = 360;

/** Warnings about a valid but unusual plan, one sentence each. */
export function planWarnings(plan: Plan, dayType: DayType): string[] {
  const waking = plan.items.filter((item) => !item.asleep);
  const share = (...categories: Category[]) =>
    totalMinutes(waking.filter((item) => categories.includes(item.category))) /
    totalMinutes(waking);
  const work = share('work');
  const percent = `${Math.round(work * 100)} % of the waking hours`;
  const warnings: string[] = [];
  if (dayType === 'workday' && work < 0.15)
    warnings.push(`Work takes only ${percent} on a workday.`);
  if (dayType === 'workday' && work > 0.75) warnings.push(`Work takes ${percent}.`);
  if (dayType !== 'workday' && work > 0.5) warnings.push(`Work takes ${percent} on a ${dayType}.`);
  if (share('rest', 'personal') === 0) warnings.push('The day has neither rest nor personal time.');
  for (const item of waking.filter(({ start, end }) => end - start > longItemMinutes)) {
    warnings.push(`${quote(item.title)} lasts ${Math.round((item.end - item.start) / 60)} hours.`);
  }
  return warnings;
}

function totalMinutes(items: readonly ScheduleItem[]): number {
  return items.reduce((sum, item) => sum + item.end - item.start, 0);
}
