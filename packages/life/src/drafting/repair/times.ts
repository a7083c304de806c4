import { formatMinute, type MinuteOfDay, minutesPerDay, parseMinute } from '@texas-ai/kernel';
import type { WakingHours } from '../../day/waking-hours.js';
import { readTime } from '../../times/read-time.js';
import type { TimeField } from '../../times/time-words.js';
import { isBlank } from '../blank-text.js';
import { quote } from '../clean-text.js';
import type { ItemDraft } from '../draft.js';
import type { Note } from '../repair-notes.js';

/** An item of the draft with times that can be used, `start < end`, within the waking hours. */
export interface TimedDraft {
  draft: ItemDraft;
  start: MinuteOfDay;
  end: MinuteOfDay;
}

/** A time that is missing takes its neighbour's, unless the item would not be as long as this. */
const minInferredMinutes = 5;
const maxInferredMinutes = 360;
/** Minutes that an item gets whose end nobody can tell. */
const defaultMinutes = 60;
/** An item that begins within so many minutes of the end of the previous one goes on from it. */
const maxBreakMinutes = 30;
/** Until 4 o'clock an item that follows an evening belongs to the night behind it. */
const nightEnd = 240;

/** What stands around an item in the order of the draft. */
interface Neighbours {
  previous: TimedDraft | undefined;
  /** Where the next item begins, or the end of the waking hours behind the last one. */
  next: number | undefined;
  wake: MinuteOfDay;
}

/**
 * Reads the times of a draft's items and keeps those that lie in the waking hours, clipped to them
 * and sorted. A time that is missing or cannot be read is inferred from the neighbours. Where they do
 * not tell, an item without any time is dropped, and one with a time that cannot be read is returned
 * as `unreadable`: only its author knows when it is.
 */
export function resolveTimes(
  items: readonly ItemDraft[],
  hours: WakingHours,
  note: Note,
): { placed: TimedDraft[]; unreadable: ItemDraft[] } {
  const placed: TimedDraft[] = [];
  const unreadable: ItemDraft[] = [];
  for (const [index, draft] of items.entries()) {
    const follower = items[index + 1];
    const next = follower ? readTime(follower.start) : hours.sleep;
    const item = resolveItem(draft, { previous: placed.at(-1), next, wake: hours.wake }, note);
    if (item) placed.push(item);
    else if (isUnreadable(draft)) unreadable.push(draft);
    else note('no-times', `dropped ${quote(draft.title)}: it has no times`);
  }
  const sorted = placed.toSorted((a, b) => a.start - b.start || a.end - b.end);
  if (sorted.some((item, i) => item !== placed[i])) note('unsorted', 'put the items in order');
  return { placed: sorted.flatMap((item) => clip(item, hours, note)), unreadable };
}

/** Whether one of its times says something that is not understood. */
function isUnreadable({ start, end }: ItemDraft): boolean {
  const unread = (text: string, edge: TimeField) =>
    !isBlank(text) && readTime(text, edge) === undefined;
  return unread(start, 'start') || unread(end, 'end');
}

function resolveItem(draft: ItemDraft, around: Neighbours, note: Note): TimedDraft | undefined {
  const start = read(draft, 'start', note);
  const end = read(draft, 'end', note);
  if (start !== undefined)
    return fromStart(draft, adjustStart(start, draft, around, note), end, around, note);
  return end === undefined
    ? fromNeighbours(draft, around, note)
    : fromEnd(draft, end, around, note);
}

function fromStart(
  draft: ItemDraft,
  start: number,
  end: number | undefined,
  { next }: Neighbours,
  note: Note,
): TimedDraft | undefined {
  if (end !== undefined && end > start) return { draft, start, end };
  if (end !== undefined && end < start) return resolveReversed(draft, start, end, note);
  const reachesNext = next !== undefined && next > start && next - start <= maxInferredMinutes;
  if (!reachesNext && isUnreadable(draft)) return undefined;
  const guess = reachesNext ? next : start + defaultMinutes;
  const title = quote(draft.title);
  if (end === undefined) {
    note(
      'time-inferred',
      `let ${title} end at ${formatMinute(guess)}: ${timeProblem(draft, 'end')}`,
    );
  } else {
    note('zero-length', `let ${title} end at ${formatMinute(guess)}: it ended as it began`);
  }
  return { draft, start, end: guess };
}

function fromEnd(
  draft: ItemDraft,
  end: number,
  { previous, wake }: Neighbours,
  note: Note,
): TimedDraft | undefined {
  const before = previous?.end ?? wake;
  const reachesBack = before < end && end - before <= maxInferredMinutes;
  if (!reachesBack && isUnreadable(draft)) return undefined;
  const start = reachesBack ? before : Math.max(0, end - defaultMinutes);
  if (start === end) return undefined;
  note(
    'time-inferred',
    `let ${quote(draft.title)} begin at ${formatMinute(start)}: ${timeProblem(draft, 'start')}`,
  );
  return { draft, start, end };
}

function fromNeighbours(
  draft: ItemDraft,
  { previous, next }: Neighbours,
  note: Note,
): TimedDraft | undefined {
  if (!previous || next === undefined) return undefined;
  const length = next - previous.end;
  if (length < minInferredMinutes || length > maxInferredMinutes) return undefined;
  note(
    'time-inferred',
    `put ${quote(draft.title)} between its neighbours: ${timeProblem(draft, 'start')}, ${timeProblem(draft, 'end')}`,
  );
  return { draft, start: previous.end, end: next };
}

function timeProblem(draft: ItemDraft, edge: TimeField): string {
  return isBlank(draft[edge])
    ? `it had no ${edge}`
    : `its ${edge} ${quote(draft[edge])} cannot be read`;
}

/** A start before the one of the previous item can be past noon (`1:00`) or past midnight. */
function adjustStart(
  start: number,
  draft: ItemDraft,
  { previous, wake }: Neighbours,
  note: Note,
): number {
  if (!previous || start >= previous.start) return start;
  const twelveHour = /^\s*[1-9]\d?(?:[:.]\d\d)?\s*$/.test(draft.start) && start < 720;
  if (twelveHour && Math.abs(start + 720 - previous.end) <= maxBreakMinutes) {
    note('time-format', `read the start of ${quote(draft.title)} as ${formatMinute(start + 720)}`);
    return start + 720;
  }
  if (start < wake && start <= nightEnd && previous.start - start >= 720) {
    note('past-midnight', `read the start of ${quote(draft.title)} as past midnight`);
    return start + minutesPerDay;
  }
  return start;
}

/**
 * An end before its start is past noon (11:00-1:00), past midnight (23:00-1:00) or the two are
 * swapped; the reading that makes the shortest item is taken.
 */
function resolveReversed(draft: ItemDraft, start: number, end: number, note: Note): TimedDraft {
  const noon = end < 720 && end + 720 > start ? end + 720 - start : Number.POSITIVE_INFINITY;
  const midnight =
    end + minutesPerDay > start ? end + minutesPerDay - start : Number.POSITIVE_INFINITY;
  const swapped = start - end;
  if (noon <= midnight && noon <= swapped) {
    note('time-format', `read the end of ${quote(draft.title)} as ${formatMinute(end + 720)}`);
    return { draft, start, end: end + 720 };
  }
  if (midnight <= swapped) {
    note('past-midnight', `read the end of ${quote(draft.title)} as past midnight`);
    return { draft, start, end: end + minutesPerDay };
  }
  note('time-reversed', `swapped the times of ${quote(draft.title)}: it ended before it began`);
  return { draft, start: end, end: start };
}

function clip(item: TimedDraft, { wake, sleep }: WakingHours, note: Note): TimedDraft[] {
  const start = Math.max(item.start, wake);
  const end = Math.min(item.end, sleep);
  const hours = `${formatMinute(wake)}-${formatMinute(sleep)}`;
  if (end <= start) {
    note(
      'outside-waking',
      `dropped ${quote(item.draft.title)}: it lies outside the waking hours ${hours}`,
    );
    return [];
  }
  if (start !== item.start || end !== item.end) {
    note('outside-waking', `clipped ${quote(item.draft.title)} to the waking hours ${hours}`);
  }
  return [{ ...item, start, end }];
}

function read(draft: ItemDraft, edge: TimeField, note: Note): number | undefined {
  const text = draft[edge];
  const minute = readTime(text, edge);
  if (minute !== undefined && parseMinute(text) === undefined) {
    note('time-format', `read ${quote(text)} of ${quote(draft.title)} as ${formatMinute(minute)}`);
  }
  return minute;
}
