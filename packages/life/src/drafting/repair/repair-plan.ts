import { formatMinute, type MinuteOfDay, minutesPerDay } from '@texas-ai/kernel';
import type { Profile } from '../../character/profile.js';
import type { MajorEventDay } from '../../day/major-event.js';
import type { Plan, ScheduleItem } from '../../day/plan.js';
import type { WakingHours } from '../../day/waking-hours.js';
import { isBlank } from '../blank-text.js';
import { quote } from '../clean-text.js';
import type { ItemDraft, PlanDraft } from '../draft.js';
import { maxItems, minItems } from '../limits.js';
import type { Note, Problem, RepairNote } from '../repair-notes.js';
import { closeGaps } from './gaps.js';
import { mergeShortItems, mergeToMax, splitToMin } from './item-count.js';
import { resolveOverlaps } from './overlaps.js';
import { itemTexts, type Material, materialOf, planSummary } from './texts.js';
import { resolveTimes, type TimedDraft } from './times.js';

/** The character and the waking hours that the plan has to cover. */
export interface PlanFrame extends WakingHours {
  profile: Profile;
  /** The major event of the day, if any: she sleeps at its lodging. */
  majorEvent?: MajorEventDay | null;
}

export interface RepairedPlan {
  /** Null if the draft cannot be repaired. */
  plan: Plan | null;
  /** The repairs, in the order in which they were made. */
  repairs: RepairNote[];
  /** Why the draft cannot be repaired; empty if it can. */
  refusals: Problem[];
}

/** The minimum share of the waking hours, 0-1, that the draft has to cover. */
const minPlannedShare = 0.25;
const minWakingMinutes = 120;

/**
 * Turns any draft that fits the schema into a valid plan (see `planProblems`), or returns the reasons why it
 * cannot. In order: reads the times, clips to the waking hours, sorts, repairs the texts, resolves overlaps,
 * closes gaps, merges items that are too short or too many, splits items if there are too few, adds sleep.
 * Deterministic and idempotent: the draft of a valid plan is not changed.
 */
export function repairPlan(draft: PlanDraft, frame: PlanFrame): RepairedPlan {
  const repairs: RepairNote[] = [];
  const note: Note = (rule, message) => repairs.push({ rule, message });
  const refused = (rule: string, ...messages: string[]): RepairedPlan => ({
    plan: null,
    repairs,
    refusals: messages.map((message) => ({ rule, message })),
  });
  const { wake, sleep } = frame;
  if (wake <= 0 || sleep > minutesPerDay || sleep - wake < minWakingMinutes) {
    return refused(
      'waking-hours',
      `The waking hours ${formatMinute(wake)}-${formatMinute(sleep)} leave no room for a day.`,
    );
  }
  const { timed, unreadable } = resolveTimes(draft.items, frame, note);
  if (unreadable.length > 0) return refused('unreadable-times', ...unreadable.map(unreadableTimes));
  if (timed.length === 0) return refused('no-times', noTimes(draft, frame));
  if (timed.every((item) => isBlank(item.draft.title))) {
    return refused('blank-titles', 'None of the items has a title.');
  }
  const material = materialOf(frame.profile, frame.majorEvent ?? null);
  const items = resolveOverlaps(
    timed.map((item) => toScheduleItem(item, material, note)),
    material.words,
    note,
  );
  const planned = items.reduce((sum, item) => sum + item.end - item.start, 0);
  if (planned < minPlannedShare * (sleep - wake)) {
    return refused('too-little', tooLittle(planned, frame));
  }
  const nights = sleep < minutesPerDay ? 2 : 1;
  const covering = mergeShortItems(closeGaps(items, frame, material, note), note);
  const limited = mergeToMax(covering, maxItems - nights, note);
  const waking = splitToMin(limited, minItems - nights, material.words, note);
  const titles = waking.map((item) => item.title);
  const summary = planSummary(draft.summary, titles, material.words, note);
  return { plan: { summary, items: withNights(waking, frame, material) }, repairs, refusals: [] };
}

function toScheduleItem(timed: TimedDraft, material: Material, note: Note): ScheduleItem {
  const { start, end } = timed;
  return { start, end, ...itemTexts(timed, material, note) };
}

function withNights(
  waking: readonly ScheduleItem[],
  { wake, sleep }: WakingHours,
  { words, bedAt }: Material,
): ScheduleItem[] {
  const night = (start: MinuteOfDay, end: MinuteOfDay): ScheduleItem => ({
    start,
    end,
    title: words.night.title,
    category: 'rest',
    priority: 'low',
    asleep: true,
    location: bedAt(start).name,
    description: words.night.describe(bedAt(start).name),
    companions: [],
    weatherAffected: false,
    emotionalTags: [words.feelings.asleep],
    interactionPotential: 'low',
  });
  const evening = sleep < minutesPerDay ? [night(sleep, minutesPerDay)] : [];
  return [night(0, wake), ...waking, ...evening];
}

function noTimes({ items }: PlanDraft, { wake, sleep }: WakingHours): string {
  const example = items[0]
    ? `, for example ${quote(items[0].start)} to ${quote(items[0].end)}`
    : '';
  return `No item has usable times between ${formatMinute(wake)} and ${formatMinute(sleep)}${example}. Times are written HH:MM.`;
}

function unreadableTimes({ title, start, end }: ItemDraft): string {
  return `The times of ${quote(title)} cannot be read: ${quote(start)} to ${quote(end)}. Times are written HH:MM.`;
}

function tooLittle(planned: number, { wake, sleep }: WakingHours): string {
  return `The items cover only ${planned} of the ${sleep - wake} minutes between ${formatMinute(wake)} and ${formatMinute(sleep)}.`;
}
