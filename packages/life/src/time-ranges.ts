import type { MinuteOfDay } from '@texas-ai/kernel';
import { isBareNumber } from './clock-times.js';
import type { Edge } from './time-words.js';
import { minuteOf, parseTime, type WrittenTime } from './written-time.js';

const joints = /(?: ?(?:-+>?|~|→|直?到|至|から) ?| (?:to|until|till) )/g;

/** A date-time with an offset, which is no range. */
const offset = /(?:t\d{1,2}:\d{2}|\d:\d{2}:\d{2})-\d{2}:\d{2}$/;

/** The one time or the other of `8:00-9:30`, `下午2点到4点`, `9-11 pm`; undefined where it is not certain. */
export function readRange(text: string, edge: Edge): MinuteOfDay | undefined {
  if (offset.test(text)) return undefined;
  const ranges = [...text.matchAll(joints)].flatMap(({ 0: joint, index }) => {
    const first = parseTime(text.slice(0, index), 'start');
    const last = parseTime(text.slice(index + joint.length), 'end');
    if (!first || !last) return [];
    // 8-9 could be a date, ten to nine a single time.
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
  if (!showsTwelveHours(first) || last.parts.length === 0) return start;
  // In 9-11 pm it is the last time before the end that the clock shows nine.
  const end = minuteOf(last);
  const length = end === undefined ? 0 : ofTwelveHours(end - first.clock);
  if (end === undefined || length === 0 || length > end) return undefined;
  // 11点到下午1点 need not say 上午, but 8点到晚上9点 may begin in the morning or in the evening.
  return last.partsBehind || end - length === start ? end - length : undefined;
}

function endOf(first: WrittenTime, last: WrittenTime): MinuteOfDay | undefined {
  if (!showsTwelveHours(last) || first.parts.length === 0) return minuteOf(last);
  // In 下午2点到4点 it is the next time after the start that the clock shows four.
  const start = minuteOf(first);
  const length = start === undefined ? 0 : ofTwelveHours(last.clock - start);
  return start === undefined || length === 0 ? undefined : start + length;
}

/** Whether it says nothing of the half of the day that it is in. */
function showsTwelveHours(time: WrittenTime): time is WrittenTime & { clock: MinuteOfDay } {
  return time.clock !== null && time.clock < 780 && time.parts.length === 0 && !time.nextDay;
}

function ofTwelveHours(minutes: number): number {
  return ((minutes % 720) + 720) % 720;
}
