import { formatMinute, type MinuteOfDay, minutesPerDay, parseMinute } from '@texas-ai/kernel';
import type { WakingHours } from '../../day/waking-hours.js';
import { readTime } from '../../times/read-time.js';
import type { TimeField } from '../../times/time-words.js';
import { isBlank } from '../blank-text.js';
import { quote } from '../clean-text.js';
import type { ItemDraft } from '../draft.js';
import type { Note } from '../repair-notes.js';

/** An item of the draft with its times, `start < end`. */
export interface TimedDraft {
  draft: ItemDraft;
  start: MinuteOfDay;
  end: MinuteOfDay;
}

/** A missing time is inferred from a neighbour only if the item is then between these lengths. */
const minInferredMinutes = 5;
const maxInferredMinutes = 360;
/** The length of an item whose other time cannot be inferred. */
const defaultMinutes = 60;
/** On a 12-hour clock, an item that begins this soon after the previous one follows it. */
const maxBreakMinutes = 30;
/** Until 04:00, an item after an evening item belongs to the following night. */
const nightEnd = 240;

/** The neighbours of an item, in the order of the draft. */
interface Neighbours {
  previous: TimedDraft | undefined;
  /** The start of the next item; for the last item, the end of the waking hours. */
  next: number | undefined;
  wake: MinuteOfDay;
}

/**
 * Reads the times of the items, clips them to the waking hours and sorts them. A missing or unreadable time
 * is inferred from the neighbours. If that is impossible, an item without times is dropped, and an item with
 * an unreadable time is returned as `unreadable`, since only its author can correct it.
 */
export function resolveTimes(
  items: readonly ItemDraft[],
  hours: WakingHours,
  note: Note,
): { timed: TimedDraft[]; unreadable: ItemDraft[] } {
  const timed: TimedDraft[] = [];
  const unreadable: ItemDraft[] = [];
  for (const [index, draft] of items.entries()) {
    const follower = items[index + 1];
    const next = follower ? readTime(follower.start) : hours.sleep;
    const item = resolveItem(draft, { previous: timed.at(-1), next, wake: hours.wake }, note);
    if (item) timed.push(item);
    else if (isUnreadable(draft)) unreadable.push(draft);
    else note('no-times', `dropped ${quote(draft.title)}: it has no times`);
  }
  const sorted = timed.toSorted((a, b) => a.start - b.start || a.end - b.end);
  if (sorted.some((item, i) => item !== timed[i])) note('unsorted', 'sorted the items');
  return { timed: sorted.flatMap((item) => clip(item, hours, note)), unreadable };
}

/** Whether one of its times has a text that cannot be read. */
function isUnreadable({ start, end }: ItemDraft): boolean {
  const cannotRead = (text: string, field: TimeField) =>
    !isBlank(text) && readTime(text, field) === undefined;
  return cannotRead(start, 'start') || cannotRead(end, 'end');
}

function resolveItem(draft: ItemDraft, neighbours: Neighbours, note: Note): TimedDraft | undefined {
  const start = read(draft, 'start', note);
  const end = read(draft, 'end', note);
  if (start !== undefined)
    return fromStart(draft, adjustStart(start, draft, neighbours, note), end, neighbours, note);
  return end === undefined
    ? fromNeighbours(draft, neighbours, note)
    : fromEnd(draft, end, neighbours, note);
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
    note('zero-length', `let ${title} end at ${formatMinute(guess)}: it had no length`);
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

function timeProblem(draft: ItemDraft, field: TimeField): string {
  return isBlank(draft[field])
    ? `it had no ${field}`
    : `its ${field} ${quote(draft[field])} cannot be read`;
}

/** A start before that of the previous item may be after noon (`1:00`) or after midnight. */
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
    note('past-midnight', `read the start of ${quote(draft.title)} as after midnight`);
    return start + minutesPerDay;
  }
  return start;
}

/**
 * If the end comes before the start, it is after noon (11:00-1:00) or after midnight (23:00-1:00), or the two
 * are swapped; the reading with the shortest item is chosen.
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
    note('past-midnight', `read the end of ${quote(draft.title)} as after midnight`);
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
      `dropped ${quote(item.draft.title)}: it is outside the waking hours ${hours}`,
    );
    return [];
  }
  if (start !== item.start || end !== item.end) {
    note('outside-waking', `clipped ${quote(item.draft.title)} to the waking hours ${hours}`);
  }
  return [{ ...item, start, end }];
}

function read(draft: ItemDraft, field: TimeField, note: Note): number | undefined {
  const text = draft[field];
  const minute = readTime(text, field);
  if (minute !== undefined && parseMinute(text) === undefined) {
    note('time-format', `read ${quote(text)} of ${quote(draft.title)} as ${formatMinute(minute)}`);
  }
  return minute;
}
