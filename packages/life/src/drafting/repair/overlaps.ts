import { formatMinute, type MinuteOfDay } from '@texas-ai/kernel';
import type { ScheduleItem } from '../../day/plan.js';
import { quote } from '../clean-text.js';
import { minItemMinutes } from '../limits.js';
import type { Note } from '../repair-notes.js';
import type { RepairWords } from './words.js';

/**
 * Resolves the overlaps of items that are sorted by start. An item that ends after the previous one begins
 * when that ends; an item inside the previous one interrupts it, and the rest of that follows as
 * “(continued)”. An item or rest of less than five minutes is dropped.
 */
export function resolveOverlaps(
  items: readonly ScheduleItem[],
  words: RepairWords,
  note: Note,
): ScheduleItem[] {
  const separated: ScheduleItem[] = [];
  // Items to be continued, the innermost last.
  let interrupted: ScheduleItem[] = [];
  const resumeUntil = (minute: MinuteOfDay) => {
    while ((interrupted.at(-1)?.start ?? Number.POSITIVE_INFINITY) <= minute) {
      separated.push(...interrupted.splice(-1));
    }
  };
  const take = (item: ScheduleItem) => {
    separated.push(item);
    interrupted = interrupted.flatMap((rest) => remainder(rest, item.end));
  };
  for (const item of items) {
    resumeUntil(item.start);
    const previous = separated.at(-1);
    if (!previous || item.start >= previous.end) {
      take(item);
    } else if (item.end - previous.end >= minItemMinutes) {
      const change = `${formatMinute(item.start)} to ${formatMinute(previous.end)}`;
      note('overlap', `moved the start of ${quote(item.title)} from ${change}`);
      take({ ...item, start: previous.end });
    } else if (item.start - previous.start >= minItemMinutes) {
      note('overlap', `let ${quote(item.title)} interrupt ${quote(previous.title)}`);
      separated.splice(-1, 1, { ...previous, end: item.start });
      interrupted.push({ ...previous, title: words.continued(previous.title) });
      take(item);
    } else {
      note(
        'overlap',
        `dropped ${quote(item.title)}: ${quote(previous.title)} leaves no room for it`,
      );
    }
  }
  resumeUntil(Number.MAX_SAFE_INTEGER);
  return separated;
}

/** The item from this minute on; empty if too little of it is left. */
function remainder(item: ScheduleItem, from: MinuteOfDay): ScheduleItem[] {
  const start = Math.max(item.start, from);
  return item.end - start >= minItemMinutes ? [{ ...item, start }] : [];
}
