import { seededRandom } from '@texas-ai/kernel';
import type { DayBrief } from '@texas-ai/life';
import { grammarOf } from './grammars.js';
import type { Words } from './words.js';

/**
 * The words of one item of a day: the same for its description and for all its slots, so that the
 * parcel which was loaded is the parcel that arrives.
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
  const grammar = grammarOf(profile);
  return {
    ...Object.fromEntries(drawn),
    ...grammar.pronouns[profile.persona.pronoun ?? 'she'],
    name: profile.name,
    owner: profile.persona.owner,
    title: item.title,
    place: item.location,
    companion: item.companions[0],
    yesterday: mainTitleOfYesterday(brief),
  };
}

/** Yesterday's main item, quoted: one that is no habit; undefined where nothing is known. */
export function mainTitleOfYesterday(brief: DayBrief): string | undefined {
  const { profile, yesterday } = brief;
  if (yesterday === null) return undefined;
  const habits = new Set(profile.habits.map(({ title }) => title));
  const titles = yesterday.titles.filter((title) => !habits.has(title));
  if (titles.length === 0) return undefined;
  const random = seededRandom(profile.id, brief.date, 'yesterday');
  return grammarOf(profile).quote(random.pick(titles));
}
