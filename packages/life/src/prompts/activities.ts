import { seededRandom } from '@texas-ai/kernel';
import type { Activity, Place } from '../character/profile.js';
import type { DayBrief } from '../day/brief.js';
import type { PromptWords } from './prompt-words.js';

/** The places available on the day: those out of town are for major events only. */
export function placesOf({ profile, majorEvent }: DayBrief): Place[] {
  return profile.places.filter((place) => majorEvent !== null || !place.away);
}

/**
 * The activities that suit the weather, type and places of the day, one line each. `{word}` in a description
 * is replaced by an entry of the profile's word lists, the same in all prompts of the day; a description
 * with an unknown word is left out.
 */
export function activityLines(
  activities: readonly Activity[],
  brief: DayBrief,
  words: PromptWords,
): string[] {
  const places = placesOf(brief);
  return activities
    .filter(({ weather }) => weather?.includes(brief.weather.condition) ?? true)
    .filter(({ days }) => days?.includes(brief.dayType) ?? true)
    .map((activity) => {
      const names = places.filter(({ key }) => activity.places.includes(key));
      return { activity, where: names.map(({ name }) => name).join(words.separator) };
    })
    .filter(({ where }) => where !== '')
    .map(({ activity, where }) => {
      const facts = [
        activity.category,
        where,
        words.minutes(...activity.minutes),
        activity.between ? words.between(...activity.between) : '',
        activity.companions.length > 0
          ? `${words.labels.with} ${activity.companions.join(words.separator)}`
          : '',
      ];
      const description = fillWords(activity.description, activity, brief);
      const line = `${activity.title} [${facts.filter(Boolean).join('; ')}]`;
      return description === undefined ? line : `${line}: ${description}`;
    });
}

function fillWords(text: string, { title }: Activity, brief: DayBrief): string | undefined {
  const lists = brief.profile.material?.words ?? {};
  const random = seededRandom(brief.profile.id, brief.date, brief.ordinal, 'prompt', title);
  const filled = text.replace(/\{([a-zA-Z]+)\}/g, (placeholder, word: string) => {
    const list = Object.hasOwn(lists, word) ? lists[word] : undefined;
    return list === undefined ? placeholder : random.pick(list);
  });
  return /\{[a-zA-Z]+\}/.test(filled) ? undefined : filled;
}
