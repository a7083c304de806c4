import { parseDate, parseMinute, type Random } from '@texas-ai/kernel';
import type { DayBrief, ItemDraft } from '@texas-ai/life';
import { grammarOf } from './grammars.js';
import { mainTitleOfYesterday } from './item-words.js';
import { eventKindOf } from './setting.js';
import { fillAll } from './words.js';

/** The day in two to four sentences: its weather and course, its event, and what yesterday was. */
export function summarise(brief: DayBrief, items: readonly ItemDraft[], random: Random): string {
  const grammar = grammarOf(brief.profile);
  const { weather } = brief;
  const habits = new Set(brief.profile.habits.map(({ title }) => title));
  const main = (from: number, to: number) =>
    items.find(({ start, title }) => {
      const minute = parseMinute(start) ?? 0;
      return minute >= from && minute < to && !habits.has(title);
    })?.title;
  const outline = grammar.summary.outline(
    {
      weekday: grammar.weekday(parseDate(brief.date)?.dayOfWeek ?? 1),
      weather: weather.summary,
      tempMinC: weather.tempMinC,
      tempMaxC: weather.tempMaxC,
      morning: main(0, 700),
      afternoon: main(740, 1080),
      evening: main(1110, 1440),
    },
    random.int(0, 5),
  );
  const past = fillAll(grammar.summary.yesterday, { yesterday: mainTitleOfYesterday(brief) });
  const sentences = [outline, ...eventSentences(brief, random)];
  return grammar.paragraph(past.length === 0 ? sentences : [...sentences, random.pick(past)]);
}

function eventSentences(brief: DayBrief, random: Random): string[] {
  const { majorEvent } = brief;
  if (majorEvent === null) return [];
  const { summary } = grammarOf(brief.profile);
  const { kind, title, dayNumber, days } = majorEvent;
  const phase = dayNumber === 1 ? 'first' : dayNumber === days ? 'last' : 'middle';
  const own = eventKindOf(brief)?.phases?.[phase] ?? [];
  const phases = own.length > 0 ? own : summary.phases[kind][phase];
  return [summary.event(title, dayNumber, days), random.pick(phases)];
}
