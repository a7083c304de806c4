import { parseDate, seededRandom } from '@texas-ai/kernel';
import type { DayBrief } from '@texas-ai/life';
import { grammarOf } from './grammars.js';
import type { Words } from './templates.js';

/**
 * The words of one item of a day. Its description and all its slots share them, so that the parcel
 * that is loaded is the one that arrives.
 */
export function itemWords(
  brief: DayBrief,
  item: { title: string; location: string; companions: readonly string[] },
): Words {
  const { profile } = brief;
  const random = seededRandom(profile.id, brief.date, brief.ordinal, 'words', item.title);
  const drawn = Object.entries(profile.material?.words ?? {}).map(([word, list]) => [
    word,
    random.pick(list),
  ]);
  return {
    ...Object.fromEntries(drawn),
    ...grammarOf(profile).language.pronouns[profile.persona.pronoun ?? 'she'],
    name: profile.name,
    owner: profile.persona.owner,
    title: item.title,
    place: item.location,
    companion: item.companions[0],
    yesterday: mainTitleOfYesterday(brief),
  };
}

/** The quoted title of an item of yesterday that is not a habit; undefined if there is none. */
export function mainTitleOfYesterday(brief: DayBrief): string | undefined {
  const { profile, yesterday } = brief;
  if (yesterday === null) return undefined;
  const habits = new Set(profile.habits.map(({ title }) => title));
  const titles = yesterday.titles.filter((title) => !habits.has(title));
  if (titles.length === 0) return undefined;
  const random = seededRandom(profile.id, brief.date, 'yesterday');
  return grammarOf(profile).language.quotation({ title: random.pick(titles) });
}

export function weekdayOf({ profile, date }: DayBrief): string {
  const { weekdays } = grammarOf(profile).language;
  return weekdays[(parseDate(date)?.dayOfWeek ?? 1) - 1] ?? '';
}
