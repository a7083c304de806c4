import type { MinuteOfDay } from '@texas-ai/kernel';
import { readClock } from './clock-times.js';
import { type DayPart, dayParts } from './day-parts.js';

/** The field of an item that is read, and with it the time of a range that is wanted. */
export type TimeField = 'start' | 'end';

/** Words that may precede or follow a time of day. */
interface TimeWords {
  /** Alternatives of a regular expression. */
  words: string;
  at?: 'before' | 'after';
  /** Set if only the start, or only the end, can have them. */
  only?: TimeField;
  part?: DayPart;
  nextDay?: true;
}

const numeral = '[\\d零〇一二两兩三四五六七八九十廿]';
const number = `${numeral}+`;
const month = '(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\\.?';
const ordinal = '\\d{1,2}(?:st|nd|rd|th)?';

/** Removed repeatedly, the longest match first. */
const timeWords: readonly TimeWords[] = [
  // Dates and weekdays are redundant: the prompt gives the date.
  { at: 'before', words: '\\d{4}[-/.]\\d{1,2}[-/.]\\d{1,2}(?![-/.])' },
  // `11-12 noon` is a range, not a date.
  { at: 'before', words: `\\d{1,2}[-/]\\d{1,2}(?= .*[^\\d ])(?= .*${numeral})` },
  {
    at: 'before',
    words: `(?:${number}年)?${number}月${number}(?=[ 日号號])[日号號]?|${number}[日号號]`,
  },
  { at: 'before', words: `(?:${month} ${ordinal}|${ordinal} ${month})(?:,? \\d{4})?(?!:)` },
  { words: '(?:周|週|星期|礼拜|禮拜)[一二三四五六日天1-7]|[月火水木金土日]曜日?' },
  { words: '(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\\.?' },
  { words: '今[天日]|[当當][天日]|本日|today|(?:the )?same day' },
  {
    words:
      '[次翌明隔]日|[明隔]天|第[二2]天|(?:the )?(?:next|following) day|tomorrow|\\+ ?1(?: ?d(?:ays?)?)?',
    nextDay: true,
  },
  ...dayParts.map((part) => ({ words: part.words, part })),
  // Approximate times are taken as exact.
  {
    at: 'before',
    words: '(?:about|around|roughly|circa|approx(?:imately)?|exactly|at|on|ca)\\.?|[~≈±]',
  },
  { at: 'before', words: '大[约約概]|[约約]莫?|差不多|[准準][时時]|[在于於]' },
  {
    at: 'after',
    words: '-?ish|or so|sharp|on the dot|approx\\.?|左右|前[后後]|上下|頃|ごろ|[许許]|[准準][时時]',
  },
  {
    at: 'before',
    only: 'start',
    words: 'from|start(?:ing|s)?(?: at)?|begin(?:ning|s)?(?: at)?|[从從自]',
  },
  { at: 'after', only: 'start', words: '[开開]始|起|から' },
  { at: 'before', only: 'end', words: 'until|till|to|by|end(?:ing|s)?(?: at)?|直?到|至' },
  { at: 'after', only: 'end', words: '[结結]束|[为為]?止|まで' },
  { at: 'before', words: '(?:(?:(?:start|end) ?)?time|(?:[开開]始|[结結]束)?[时時][间間]):?' },
  { words: 'local(?: time)?|(?:[当當本]地|北京)[时時][间間]' },
  { at: 'after', words: '(?:utc|gmt) ?\\+ ?\\d{1,2}(?::\\d{2})?' },
];

const patterns = timeWords.map((entry) => ({
  ...entry,
  // Only whole words and numbers are removed.
  before: new RegExp(`^(?:${entry.words})(?!(?<=[a-z])[a-z]|(?<=\\d)\\d)[ ,]*`),
  after: new RegExp(`[ ,]*(?<![a-z](?=[a-z]))(?:${entry.words})$`),
}));

/** A time without the words around it, and their meaning. */
export interface StrippedTime {
  rest: string;
  parts: DayPart[];
  /** Whether the part of the day follows the time, as in `3 pm`. */
  partsAfter: boolean;
  nextDay: boolean;
}

export function stripTimeWords(text: string, field: TimeField): StrippedTime {
  const stripped: StrippedTime = { rest: text, parts: [], partsAfter: false, nextDay: false };
  for (;;) {
    const found = longestMatch(stripped.rest, field);
    if (!found) return stripped;
    stripped.rest = stripped.rest.replace(found.pattern, '').trim();
    if (found.words.part) stripped.parts.push(found.words.part);
    if (found.words.part && found.after) stripped.partsAfter = true;
    if (found.words.nextDay) stripped.nextDay = true;
  }
}

function longestMatch(text: string, field: TimeField) {
  const found = patterns.flatMap((words) => {
    if (words.only !== undefined && words.only !== field) return [];
    const before = words.at === 'after' ? null : words.before.exec(text);
    const after = words.at === 'before' ? null : words.after.exec(text);
    return [
      ...(before ? [{ words, pattern: words.before, after: false, length: before[0].length }] : []),
      ...(after ? [{ words, pattern: words.after, after: true, length: after[0].length }] : []),
    ];
  });
  return found.sort((a, b) => b.length - a.length)[0];
}

/** A time as written; `clock` is null if it is only a word, such as `noon`. */
export interface WrittenTime extends StrippedTime {
  clock: MinuteOfDay | null;
}

export function parseTime(text: string, field: TimeField): WrittenTime | undefined {
  const stripped = stripTimeWords(text, field);
  if (stripped.rest === '')
    return stripped.parts.length > 0 ? { ...stripped, clock: null } : undefined;
  const clock = readClock(stripped.rest);
  return clock === undefined ? undefined : { ...stripped, clock };
}

/** Undefined if the words contradict the clock time or each other, or name no single minute. */
export function minuteOf({ clock, parts, nextDay }: WrittenTime): MinuteOfDay | undefined {
  const readings = parts.map((part) => (clock === null ? part.alone : part.minuteOf(clock)));
  const [minute, ...others] = new Set(parts.length === 0 && clock !== null ? [clock] : readings);
  if (minute === undefined || others.length > 0) return undefined;
  return nextDay && minute < 1440 ? minute + 1440 : minute;
}
