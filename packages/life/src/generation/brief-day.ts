import { type Logger, seededRandom, type Temporal } from '@texas-ai/kernel';
import type { Profile } from '../character/profile.js';
import type { DaySubject, StoredBrief } from '../day/brief.js';
import { dayTypeOf } from '../day/day-type.js';
import { type MajorEvent, majorEventDay, majorEventOn } from '../day/major-event.js';
import { wakingHours } from '../day/waking-hours.js';
import type { WeatherSource } from '../day/weather-source.js';
import type { Store } from '../store.js';
import type { StartedPlan } from './checkpoint-repository.js';
import type { Generation } from './generation.js';

/** The character and date of a generation. */
export function subjectOf(
  profile: Profile,
  { date, ordinal }: Pick<Generation, 'date' | 'ordinal'>,
): DaySubject {
  return { profile, date: date.toString(), ordinal };
}

export interface BriefDayDeps {
  store: Pick<Store, 'majorEvents'>;
  weather: WeatherSource;
  logger: Logger;
}

/** Gathers the circumstances of a day. Seeded by (character, date, ordinal). */
export async function briefDay(
  deps: BriefDayDeps,
  { profile, majorEvent, yesterday, generation }: StartedPlan,
  signal: AbortSignal,
): Promise<StoredBrief> {
  const { date, ordinal } = generation;
  const dayType = dayTypeOf(date);
  const [weather, event] = await Promise.all([
    deps.weather.weather({
      place: profile.home,
      date: date.toString(),
      language: profile.language,
      signal,
    }),
    majorEvent ?? beginEvent(deps.store, profile, date),
  ]);
  const random = seededRandom(profile.id, date.toString(), ordinal, 'hours');
  return {
    dayType,
    weather,
    majorEvent: event && majorEventDay(event, date),
    yesterday,
    ...wakingHours(profile, dayType, random),
  };
}

/** The event that begins for the character on this date, if one does. */
async function beginEvent(
  { majorEvents }: Pick<Store, 'majorEvents'>,
  profile: Profile,
  date: Temporal.PlainDate,
): Promise<MajorEvent | null> {
  const begun = majorEventOn(profile, date);
  return begun && majorEvents.add(profile.id, begun);
}
