import { parseDate } from '@texas-ai/kernel';
import type { Place, Profile } from '../character/profile.js';
import type { DayBrief } from '../day/brief.js';
import { activityLines, placesOf } from './activities.js';
import { oneLine, quoted } from './prompt.js';
import type { PromptWords } from './prompt-words.js';

export function section(heading: string, body: string): string {
  return `# ${heading}\n${body}`;
}

/** The sections of each profile that were described last, by what else they depend on. */
const profileSections = new WeakMap<Profile, Map<string, string>>();
/** Of one profile. */
const maxSections = 16;

/** The character, with companions, places and activities; computed once for all prompts of a day. */
export function profileSection(brief: DayBrief, words: PromptWords): string {
  const { profile, date, ordinal, dayType, weather, majorEvent } = brief;
  const known = profileSections.get(profile) ?? new Map<string, string>();
  profileSections.set(profile, known);
  const key = [date, ordinal, dayType, weather.condition, majorEvent !== null].join(' ');
  const cached = known.get(key);
  if (cached !== undefined) return cached;
  const [oldest = ''] = known.keys();
  if (known.size === maxSections) known.delete(oldest);
  const described = describeProfile(brief, words);
  known.set(key, described);
  return described;
}

function describeProfile(brief: DayBrief, words: PromptWords): string {
  const { labels } = words;
  const { profile } = brief;
  const { persona } = profile;
  const lines = [
    `${labels.name}: ${profile.name}`,
    `${labels.persona}: ${persona.summary}`,
    `${labels.traits}: ${persona.traits.join(words.separator)}`,
    `${labels.voice}: ${persona.voice}`,
    `${labels.owner}: ${persona.owner}`,
    `${labels.home}: ${profile.home.name}`,
    ...list(
      labels.companions,
      profile.companions.map(
        ({ name, relation, description }) => `${name} (${relation}): ${description}`,
      ),
    ),
    ...list(
      labels.places,
      placesOf(brief).map((place) => placeLine(place, words)),
    ),
    ...list(labels.habits, activityLines(profile.habits, brief, words)),
    ...list(labels.work, activityLines(profile.work, brief, words)),
    ...list(labels.leisure, activityLines(profile.leisure, brief, words)),
  ];
  return section(words.headings.profile, quoted('profile', lines));
}

/** The date, its weather and its major event. */
export function daySection(brief: DayBrief, words: PromptWords): string {
  const { labels } = words;
  const { profile, weather, majorEvent } = brief;
  const degrees = words.temperatures(weather.tempMinC, weather.tempMaxC);
  const lines = [
    `${labels.date}: ${brief.date} (${weekday(brief.date, words.locale)})`,
    `${labels.dayType}: ${words.dayTypes[brief.dayType]}`,
    `${labels.weather}: ${oneLine(weather.summary)} (${degrees})`,
  ];
  if (majorEvent === null) {
    lines.push(`${labels.majorEvent}: ${words.none}`);
  } else {
    const day = words.eventDay(majorEvent.dayNumber, majorEvent.days);
    const kind = profile.majorEvents.kinds.find(({ kind }) => kind === majorEvent.kind);
    const lodging = profile.places.find(({ key }) => key === kind?.lodging);
    lines.push(
      `${labels.majorEvent}: ${oneLine(majorEvent.title)} (${words.kinds[majorEvent.kind]}, ${day})`,
      `${labels.objective}: ${oneLine(majorEvent.objective)}`,
    );
    if (lodging) lines.push(`${labels.lodging}: ${lodging.name}`);
    const activities = kind?.activities ?? [];
    if (activities.length > 0) {
      lines.push(...list(labels.eventActivities, activityLines(activities, brief, words)));
    }
  }
  return section(words.headings.day, quoted('day', lines));
}

export function yesterdaySection({ yesterday }: DayBrief, words: PromptWords): string {
  const { labels } = words;
  const lines =
    yesterday === null
      ? [words.none]
      : [
          `${labels.date}: ${yesterday.date}`,
          `${labels.summary}: ${yesterday.summary}`,
          ...list(labels.titles, yesterday.titles),
        ];
  return section(words.headings.yesterday, quoted('yesterday', lines));
}

function placeLine(place: Place, words: PromptWords): string {
  const facts = [place.outdoors ? words.outdoors : '', place.away ? words.away : ''];
  const known = facts.filter(Boolean).join(words.separator);
  return `${place.name}${known === '' ? '' : ` (${known})`}: ${place.description}`;
}

function list(label: string, entries: readonly string[]): string[] {
  return [`${label}:`, ...entries.map((entry) => `- ${oneLine(entry)}`)];
}

/** By locale. */
const weekdayFormats = new Map<string, Intl.DateTimeFormat>();

/** The name of the weekday; for an invalid date, the date itself. */
function weekday(date: string, locale: string): string {
  if (!parseDate(date)) return date;
  const format =
    weekdayFormats.get(locale) ??
    new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' });
  weekdayFormats.set(locale, format);
  return format.format(new Date(`${date}T00:00:00Z`));
}
