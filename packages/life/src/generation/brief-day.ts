import { type Logger, seededRandom, type Temporal, TexasError } from '@texas-ai/kernel';
import type { Profile } from '../character/profile.js';
import type { DaySubject, StoredBrief } from '../day/brief.js';
import { dayTypeOf } from '../day/day-type.js';
import { type MajorEventDay, majorEventDay, majorEventOn } from '../day/major-event.js';
import { wakingHours } from '../day/waking-hours.js';
import type { WeatherSource } from '../day/weather-source.js';
import type { Store } from '../store.js';
import type { Generation } from './generation.js';

/** The character and date of a generation. Throws `character_not_found`, `storage_unavailable`. */
export async function subjectOf(
  store: Pick<Store, 'characters'>,
  { character, date, ordinal }: Generation,
): Promise<DaySubject> {
  const profile = await store.characters.find(character);
  if (profile) return { profile, date: date.toString(), ordinal };
  throw new TexasError('character_not_found', `“${character}” has no profile.`);
}

export interface BriefDayDeps {
  store: Pick<Store, 'days' | 'majorEvents'>;
  weather: WeatherSource;
  logger: Logger;
}

/** Gathers the circumstances of a day. Seeded by (character, date, ordinal). */
export async function briefDay(
  deps: BriefDayDeps,
  { profile, ordinal }: DaySubject,
  date: Temporal.PlainDate,
  signal: AbortSignal,
): Promise<StoredBrief> {
  const dayType = dayTypeOf(date);
  const [weather, majorEvent, yesterday] = await Promise.all([
    deps.weather.weather({
      place: profile.home,
      date: date.toString(),
      language: profile.language,
      signal,
    }),
    majorEventOf(deps.store, profile, date),
    deps.store.days.outline(profile.id, date.subtract({ days: 1 })),
  ]);
  const random = seededRandom(profile.id, date.toString(), ordinal, 'hours');
  return { dayType, weather, majorEvent, yesterday, ...wakingHours(profile, dayType, random) };
}

async function majorEventOf(
  { majorEvents }: Pick<Store, 'majorEvents'>,
  profile: Profile,
  date: Temporal.PlainDate,
): Promise<MajorEventDay | null> {
  const stored = await majorEvents.covering(profile.id, date);
  if (stored) return majorEventDay(stored, date);
  const begun = majorEventOn(profile, date);
  if (!begun) return null;
  const event = await majorEvents.add(profile.id, begun);
  return event && majorEventDay(event, date);
}
