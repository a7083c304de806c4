import { type DayPart, dayParts } from './day-parts.js';

/** Which of its two times a range stands for, and of an item the time is. */
export type Edge = 'start' | 'end';

/** Words that stand around a time of day. */
interface TimeWords {
  /** Alternatives of a regular expression. */
  words: string;
  at?: 'before' | 'behind';
  /** Only a time of that edge can have them. */
  only?: Edge;
  part?: DayPart;
  nextDay?: true;
}

const number = '[\\d零〇一二三四五六七八九十]+';
const month = '(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\\.?';
const ordinal = '\\d{1,2}(?:st|nd|rd|th)?';

/** Taken off as often as they stand there, the longest first. */
const timeWords: readonly TimeWords[] = [
  // Dates: whose day it is, the author was told.
  { at: 'before', words: '\\d{4}[-/.]\\d{1,2}[-/.]\\d{1,2}(?![-/.])' },
  { at: 'before', words: '\\d{1,2}[-/]\\d{1,2}(?= .*[^\\d ])' },
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
  // That it is not meant to the minute changes nothing.
  {
    at: 'before',
    words: '(?:about|around|roughly|circa|approx(?:imately)?|exactly|at|on|ca)\\.?|[~≈±]',
  },
  { at: 'before', words: '大[约約概]|[约約]莫?|差不多|[准準][时時]|[在于於]' },
  {
    at: 'behind',
    words: '-?ish|or so|sharp|on the dot|approx\\.?|左右|前[后後]|上下|頃|ごろ|[许許]|[准準][时時]',
  },
  {
    at: 'before',
    only: 'start',
    words: 'from|start(?:ing|s)?(?: at)?|begin(?:ning|s)?(?: at)?|[从從自]',
  },
  { at: 'behind', only: 'start', words: '[开開]始|起|から' },
  { at: 'before', only: 'end', words: 'until|till|to|by|end(?:ing|s)?(?: at)?|直?到|至' },
  { at: 'behind', only: 'end', words: '[结結]束|[为為]?止|まで' },
  { at: 'before', words: '(?:(?:(?:start|end) ?)?time|(?:[开開]始|[结結]束)?[时時][间間]):?' },
  { words: 'local(?: time)?|(?:[当當本]地|北京)[时時][间間]' },
  { at: 'behind', words: '(?:utc|gmt) ?\\+ ?\\d{1,2}(?::\\d{2})?' },
];

const patterns = timeWords.map((each) => ({
  ...each,
  // Neither a word nor a number goes on behind what is taken off, and no word before it.
  before: new RegExp(`^(?:${each.words})(?!(?<=[a-z])[a-z]|(?<=\\d)\\d)[ ,]*`),
  behind: new RegExp(`[ ,]*(?<![a-z](?=[a-z]))(?:${each.words})$`),
}));

/** What is left of a time without the words around it, and what they say. */
export interface Stripped {
  rest: string;
  parts: DayPart[];
  /** Whether words for the part of the day stand behind the time, as in `3 pm`. */
  partsBehind: boolean;
  nextDay: boolean;
}

export function withoutWords(text: string, edge: Edge): Stripped {
  const stripped: Stripped = { rest: text, parts: [], partsBehind: false, nextDay: false };
  for (;;) {
    const found = longestWords(stripped.rest, edge);
    if (!found) return stripped;
    stripped.rest = stripped.rest.replace(found.pattern, '').trim();
    if (found.words.part) stripped.parts.push(found.words.part);
    if (found.words.part && found.behind) stripped.partsBehind = true;
    if (found.words.nextDay) stripped.nextDay = true;
  }
}

function longestWords(text: string, edge: Edge) {
  const found = patterns.flatMap((words) => {
    if (words.only !== undefined && words.only !== edge) return [];
    const before = words.at === 'behind' ? null : words.before.exec(text);
    const behind = words.at === 'before' ? null : words.behind.exec(text);
    return [
      ...(before
        ? [{ words, pattern: words.before, behind: false, length: before[0].length }]
        : []),
      ...(behind ? [{ words, pattern: words.behind, behind: true, length: behind[0].length }] : []),
    ];
  });
  return found.sort((a, b) => b.length - a.length)[0];
}
