import { parseMinute, type Random } from '@texas-ai/kernel';
import type { DayBrief, ItemDraft } from '@texas-ai/life';
import type { Grammar } from './grammar.js';
import { grammarOf } from './grammars.js';
import { mainTitleOfYesterday, weekdayOf } from './item-words.js';
import { eventKindOf } from './setting.js';
import { fillAll } from './templates.js';

/** The day in two to five sentences: its weather, course and major event, and yesterday. */
export function summarize(brief: DayBrief, items: readonly ItemDraft[], random: Random): string {
  const grammar = grammarOf(brief.profile);
  const { weather } = brief;
  const sky = { ...weather, weather: weather.summary, weekday: weekdayOf(brief) };
  const past = fillAll(grammar.summary.yesterday, { yesterday: mainTitleOfYesterday(brief) });
  return [
    grammar.summary.sky(sky, random.int(0, 5)),
    ...courseSentence(brief, items, grammar),
    ...eventSentences(brief, grammar, random),
    ...(past.length === 0 ? [] : [random.pick(past)]),
  ].join(grammar.language.space);
}

/** The main items of the morning, the afternoon and the evening. */
function courseSentence(brief: DayBrief, items: readonly ItemDraft[], grammar: Grammar): string[] {
  const { parts, first, next } = grammar.summary.course;
  const habits = new Set(brief.profile.habits.map(({ title }) => title));
  const main = (part: string, from: number, to: number) => {
    const item = items.find(({ start, title }) => {
      const minute = parseMinute(start) ?? 0;
      return minute >= from && minute < to && !habits.has(title);
    });
    return item === undefined ? [] : [{ part, title: grammar.language.quotation(item) }];
  };
  const course = [
    ...main(parts.morning, 0, 700),
    ...main(parts.afternoon, 740, 1080),
    ...main(parts.evening, 1110, 1440),
  ].map((item, n) => (n === 0 ? first(item) : next(item)));
  if (course.length === 0) return [];
  return [grammar.sentences.plain({ clause: course.join(grammar.language.comma) })];
}

function eventSentences(brief: DayBrief, grammar: Grammar, random: Random): string[] {
  const { majorEvent } = brief;
  if (majorEvent === null) return [];
  const { kind, dayNumber, days } = majorEvent;
  const title = grammar.language.quotation(majorEvent);
  const phase = dayNumber === 1 ? 'first' : dayNumber === days ? 'last' : 'middle';
  const own = eventKindOf(brief)?.phases?.[phase] ?? [];
  const { event, phases } = grammar.summary;
  return [
    days === 1 ? event.oneDay({ title }) : event.severalDays({ title, dayNumber, days }),
    random.pick(own.length > 0 ? own : [phases[kind][phase]]),
  ];
}
