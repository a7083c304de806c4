import type { MinuteOfDay } from '@texas-ai/kernel';
import { isBareNumber } from './clock-times.js';
import { minuteOf, parseTime, type TimeField, type WrittenTime } from './time-words.js';

const separators = /(?: ?(?:-+>?|~|→|直?到|至|から) ?| (?:to|until|till) )/g;

/** A time with a negative UTC offset is not a range. */
const offset = /(?:t\d{1,2}:\d{2}|\d:\d{2}:\d{2})-\d{2}:\d{2}$/;

/** The first or last time of `8:00-9:30`, `下午2点到4点` or `9-11 pm`; undefined where it is ambiguous. */
export function readRange(text: string, edge: TimeField): MinuteOfDay | undefined {
  if (offset.test(text)) return undefined;
  const ranges = [...text.matchAll(separators)].flatMap(({ 0: joint, index }) => {
    const first = parseTime(text.slice(0, index), 'start');
    const last = parseTime(text.slice(index + joint.length), 'end');
    if (!first || !last) return [];
    // `8-9` could be a date, and `ten to nine` is a single time.
    const certain = [first, last].some(
      ({ rest, parts }) => parts.length > 0 || !isBareNumber(rest),
    );
    return certain ? [{ first, last }] : [];
  });
  const [range, ...more] = ranges;
  if (!range || more.length > 0) return undefined;
  return edge === 'start' ? startOf(range.first, range.last) : endOf(range.first, range.last);
}

function startOf(first: WrittenTime, last: WrittenTime): MinuteOfDay | undefined {
  const start = minuteOf(first);
  if (!isAmbiguousHalf(first) || last.parts.length === 0) return start;
  // `9-11 pm`: the last time before the end at which a 12-hour clock shows nine.
  const end = minuteOf(last);
  const length = end === undefined ? 0 : withinTwelveHours(end - first.clock);
  if (end === undefined || length === 0 || length > end) return undefined;
  // 11点到下午1点 can only begin in the morning; 8点到晚上9点 could begin in either half of the day.
  return last.partsAfter || end - length === start ? end - length : undefined;
}

function endOf(first: WrittenTime, last: WrittenTime): MinuteOfDay | undefined {
  const start = minuteOf(first);
  if (isAmbiguousHalf(last) && first.parts.length > 0) {
    // 下午2点到4点: the next time after the start at which a 12-hour clock shows four.
    const length = start === undefined ? 0 : withinTwelveHours(last.clock - start);
    return start === undefined || length === 0 ? undefined : start + length;
  }
  const end = minuteOf(last);
  // `10-2 am`: only the last time says in which half of the day it is.
  const isStartOpen = start === undefined || (isAmbiguousHalf(first) && last.parts.length > 0);
  return isStartOpen || (end !== undefined && follows(start, end)) ? end : undefined;
}

const evening = 1020;
const noon = 720;

/** `8:00-5:00` may mean 17:00 or a UTC offset: only from the evening does a range run over midnight. */
function follows(start: MinuteOfDay, end: MinuteOfDay): boolean {
  return end > start || end === 0 || (start >= evening && end < noon);
}

/** Whether it could be in either half of the day. */
function isAmbiguousHalf(time: WrittenTime): time is WrittenTime & { clock: MinuteOfDay } {
  return time.clock !== null && time.clock < 780 && time.parts.length === 0 && !time.nextDay;
}

function withinTwelveHours(minutes: number): number {
  return ((minutes % 720) + 720) % 720;
}
