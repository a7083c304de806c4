import type { MinuteOfDay } from '@texas-ai/kernel';
import type { ScheduleItem } from '../../day/plan.js';
import { quote } from '../clean-text.js';
import { minItemMinutes } from '../limits.js';
import type { Note } from '../repair-notes.js';
import type { RepairWords } from './words.js';

// These functions take waking items, sorted and contiguous.

/** Merges items under five minutes into the previous item, or at the beginning into the next one. */
export function mergeShortItems(items: readonly ScheduleItem[], note: Note): ScheduleItem[] {
  const merged: ScheduleItem[] = [];
  let carried: MinuteOfDay | undefined;
  for (const item of items) {
    const whole = carried === undefined ? item : { ...item, start: carried };
    carried = undefined;
    const previous = merged.at(-1);
    if (length(whole) >= minItemMinutes) {
      merged.push(whole);
    } else if (previous) {
      note(
        'short',
        `added the ${length(whole)} minutes of ${quote(item.title)} to ${quote(previous.title)}`,
      );
      merged.splice(-1, 1, { ...previous, end: whole.end });
    } else {
      note('short', `added the ${length(whole)} minutes of ${quote(item.title)} to the next item`);
      carried = whole.start;
    }
  }
  return merged;
}

/** Merges the shortest item with its shorter neighbour until there are at most `max` items. */
export function mergeToMax(
  items: readonly ScheduleItem[],
  max: number,
  note: Note,
): ScheduleItem[] {
  const left = [...items];
  while (left.length > max) {
    const at = indexOfMin(left, length);
    const before = left[at - 1];
    const after = left[at + 1];
    const first = !after || (before && length(before) <= length(after)) ? at - 1 : at;
    const [one, other] = left.slice(first, first + 2) as [ScheduleItem, ScheduleItem];
    const [kept, lost] = length(one) >= length(other) ? [one, other] : [other, one];
    note(
      'too-many',
      `merged ${quote(lost.title)} into ${quote(kept.title)}: the day has too many items`,
    );
    left.splice(first, 2, { ...kept, start: one.start, end: other.end });
  }
  return left;
}

/** Splits the longest items into parts of about the same length until there are `min` items. */
export function splitToMin(
  items: readonly ScheduleItem[],
  min: number,
  words: RepairWords,
  note: Note,
): ScheduleItem[] {
  const parts = items.map(() => 1);
  for (let count = items.length; count < min; count++) {
    const longest = indexOfMin(items, (item, i) => -length(item) / (parts[i] ?? 1));
    parts[longest] = (parts[longest] ?? 1) + 1;
  }
  return items.flatMap((item, i) => split(item, parts[i] ?? 1, words, note));
}

function split(item: ScheduleItem, parts: number, words: RepairWords, note: Note): ScheduleItem[] {
  if (parts === 1) return [item];
  note('too-few', `split ${quote(item.title)} into ${parts}: the day has too few items`);
  const cut = (part: number) => item.start + Math.round((part * length(item)) / parts / 5) * 5;
  return Array.from({ length: parts }, (_, part) => ({
    ...item,
    start: cut(part),
    end: part === parts - 1 ? item.end : cut(part + 1),
    title: words.partOf(item.title, part + 1),
  }));
}

function length(item: ScheduleItem): number {
  return item.end - item.start;
}

function indexOfMin<T>(list: readonly T[], measure: (element: T, index: number) => number): number {
  const measures = list.map(measure);
  return measures.indexOf(Math.min(...measures));
}
