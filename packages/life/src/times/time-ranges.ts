import type { MinuteOfDay } from '@texas-ai/kernel';
import { isBareNumber } from './clock-times.js';
import { minuteOf, parseTime, type TimeField, type WrittenTime } from './time-words.js';

const separators = /(?: ?(?:-+>?|~|→|直?到|至|から) ?| (?:to|until|till) )/g;

/** A time with a negative UTC offset is not a range. */
const offset = /(?:t\d{1,2}:\d{2}|\d:\d{2}:\d{2})-\d{2}:\d{2}$/;

/** One of the two times of `8:00-9:30`, `下午2点到4点` or `9-11 pm`; undefined if it is ambiguous. */
export function readRange(text: string, field: TimeField): MinuteOfDay | undefined {
  if (offset.test(text)) return undefined;
  const ranges = [...text.matchAll(separators)].flatMap(({ 0: separator, index }) => {
    const first = parseTime(text.slice(0, index), 'start');
    const last = parseTime(text.slice(index + separator.length), 'end');
    if (!first || !last) return [];
    // `8-9` could be a date, and `ten to nine` is one time.
    const isRange = [first, last].some(
      ({ rest, parts }) => parts.length > 0 || !isBareNumber(rest),
    );
    return isRange ? [{ first, last }] : [];
  });
  const [range, ...more] = ranges;
  if (!range || more.length > 0) return undefined;
  return field === 'start' ? startOf(range.first, range.last) : endOf(range.first, range.last);
}

function startOf(first: WrittenTime, last: WrittenTime): MinuteOfDay | undefined {
  const start = minuteOf(first);
  if (!isAmbiguousHalf(first) || last.parts.length === 0) return start;
  // `9-11 pm`: the last nine o'clock before the end.
  const end = minuteOf(last);
  const length = end === undefined ? 0 : withinTwelveHours(end - first.clock);
  if (end === undefined || length === 0 || length > end) return undefined;
  // 11点到下午1点 can only begin in the morning, 8点到晚上9点 in either half of the day.
  return last.partsAfter || end - length === start ? end - length : undefined;
}

function endOf(first: WrittenTime, last: WrittenTime): MinuteOfDay | undefined {
  const start = minuteOf(first);
  if (isAmbiguousHalf(last) && first.parts.length > 0) {
    // 下午2点到4点: the first four o'clock after the start.
    const length = start === undefined ? 0 : withinTwelveHours(last.clock - start);
    return start === undefined || length === 0 ? undefined : start + length;
  }
  const end = minuteOf(last);
  // `10-2 am`: the half of the day is known for the end only.
  const isStartOpen = start === undefined || (isAmbiguousHalf(first) && last.parts.length > 0);
  return isStartOpen || (end !== undefined && isPlausible(start, end)) ? end : undefined;
}

const evening = 1020;
const noon = 720;

/** `8:00-5:00` may mean 17:00 or a UTC offset: only ranges that begin in the evening may cross midnight. */
function isPlausible(start: MinuteOfDay, end: MinuteOfDay): boolean {
  return end > start || end === 0 || (start >= evening && end < noon);
}

/** Whether the time may be in either half of the day. */
function isAmbiguousHalf(time: WrittenTime): time is WrittenTime & { clock: MinuteOfDay } {
  return time.clock !== null && time.clock < 780 && time.parts.length === 0 && !time.nextDay;
}

function withinTwelveHours(minutes: number): number {
  return ((minutes % 720) + 720) % 720;
}
