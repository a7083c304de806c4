import { formatMinute, type MinuteOfDay } from '@texas-ai/kernel';
import type { ScheduleItem } from '../../day/plan.js';
import { quote } from '../clean-text.js';
import { minItemMinutes } from '../limits.js';
import type { Note } from '../repair-notes.js';
import type { RepairWords } from './words.js';

/**
 * Takes the overlaps out of items that are sorted by start. What reaches beyond the item it
 * overlaps begins when that one ends; what lies inside interrupts it, and it goes on behind; what
 * leaves less than five minutes of either is dropped.
 */
export function resolveOverlaps(
  items: readonly ScheduleItem[],
  words: RepairWords,
  note: Note,
): ScheduleItem[] {
  const apart: ScheduleItem[] = [];
  // What goes on after an interruption, the innermost last.
  let interrupted: ScheduleItem[] = [];
  const resumeUntil = (minute: MinuteOfDay) => {
    while ((interrupted.at(-1)?.start ?? Number.POSITIVE_INFINITY) <= minute) {
      apart.push(...interrupted.splice(-1));
    }
  };
  const take = (item: ScheduleItem) => {
    apart.push(item);
    interrupted = interrupted.flatMap((rest) => remainder(rest, item.end));
  };
  for (const item of items) {
    resumeUntil(item.start);
    const previous = apart.at(-1);
    if (!previous || item.start >= previous.end) {
      take(item);
    } else if (item.end - previous.end >= minItemMinutes) {
      const change = `${formatMinute(item.start)} to ${formatMinute(previous.end)}`;
      note('overlap', `moved the start of ${quote(item.title)} from ${change}`);
      take({ ...item, start: previous.end });
    } else if (item.start - previous.start >= minItemMinutes) {
      note('overlap', `let ${quote(item.title)} interrupt ${quote(previous.title)}`);
      apart.splice(-1, 1, { ...previous, end: item.start });
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
  return apart;
}

/** The item from that minute on, or nothing when that is too little. */
function remainder(item: ScheduleItem, from: MinuteOfDay): ScheduleItem[] {
  const start = Math.max(item.start, from);
  return item.end - start >= minItemMinutes ? [{ ...item, start }] : [];
}
