import { type Logger, parseDate, seededRandom, TexasError } from '@texas-ai/kernel';
import type { Profile } from '../character/profile.js';
import type { DayBrief } from '../day/brief.js';
import { dayTypeOf } from '../day/day-type.js';
import { type MajorEventDay, majorEventDay, majorEventOn } from '../day/major-event.js';
import { wakingHours } from '../day/waking-hours.js';
import type { WeatherSource } from '../day/weather.js';
import type { Store } from '../store.js';
import type { Generation } from './generation.js';

export interface BriefDayDeps {
  store: Store;
  weather: WeatherSource;
  logger: Logger;
}

/** Gathers all that an author is told to plan the day. Seeds go (character, date, ordinal). */
export async function briefDay(
  deps: BriefDayDeps,
  generation: Generation,
  profile: Profile,
  signal: AbortSignal,
): Promise<DayBrief> {
  const date = parseDate(generation.date);
  if (!date) throw new TexasError('invalid_payload', 'The generation has no valid date.');
  const dayType = dayTypeOf(date);
  const random = seededRandom(profile.id, generation.date, generation.ordinal, 'hours');
  const [weather, majorEvent, yesterday] = await Promise.all([
    deps.weather.weather({
      place: profile.home,
      date: generation.date,
      language: profile.language,
      signal,
    }),
    eventOf(deps.store, profile, date),
    deps.store.days.outline(profile.id, date.subtract({ days: 1 }).toString()),
  ]);
  return {
    profile,
    date: generation.date,
    dayType,
    weather,
    majorEvent,
    yesterday,
    ...wakingHours(profile, dayType, random),
    ordinal: generation.ordinal,
  };
}

type CalendarDate = NonNullable<ReturnType<typeof parseDate>>;

async function eventOf(
  store: Store,
  profile: Profile,
  date: CalendarDate,
): Promise<MajorEventDay | null> {
  const kept = await store.majorEvents.covering(profile.id, date.toString());
  if (kept) return majorEventDay(kept, date);
  const begun = majorEventOn(profile, date);
  if (!begun) return null;
  const event = await store.majorEvents.keep(profile.id, begun);
  return event && majorEventDay(event, date);
}
