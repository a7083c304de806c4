import type { MinuteOfDay } from '@texas-ai/kernel';
import type { Activity, DayBrief, Place, Profile } from '@texas-ai/life';
import { isRough } from './time-of-day.js';

/** When the traveller leaves on the first day and is back on the last, minutes since midnight. */
const departure = 540;
const homecoming = 1050;

type EventKind = Profile['majorEvents']['kinds'][number];

/** What the profile says about the kind of major event that the day belongs to. */
export function eventKindOf(brief: DayBrief): EventKind | undefined {
  const kind = brief.majorEvent?.kind;
  return brief.profile.majorEvents.kinds.find((candidate) => candidate.kind === kind);
}

/** Whether the major event keeps her out of town at that minute. */
export function isAway(brief: DayBrief, minute: MinuteOfDay): boolean {
  const event = brief.majorEvent;
  if (event === null) return false;
  if (event.kind !== 'trip' && !placeOf(brief, eventKindOf(brief)?.lodging)?.away) return false;
  const left = event.dayNumber > 1 || minute >= departure;
  const back = event.dayNumber === event.days && minute >= homecoming;
  return left && !back;
}

/** Where she sleeps and wakes at that minute. */
export function baseAt(brief: DayBrief, minute: MinuteOfDay): Place | undefined {
  const lodging = isAway(brief, minute) ? placeOf(brief, eventKindOf(brief)?.lodging) : undefined;
  return lodging ?? placeOf(brief, brief.profile.home.place);
}

/** The places of an activity that she can be at: at home when ill, away or in town otherwise. */
export function placesFor(activity: Activity, brief: DayBrief, minute: MinuteOfDay): Place[] {
  const places = activity.places.flatMap((key) => placeOf(brief, key) ?? []);
  if (brief.majorEvent?.kind === 'illness') {
    return places.filter((place) => place.key === brief.profile.home.place);
  }
  const away = isAway(brief, minute);
  return places.filter((place) => (place.away ?? false) === away);
}

/** Whether the weather makes people look for a roof: rain, storm, snow, great heat or frost. */
export function isWeatherForIndoors({ weather }: Pick<DayBrief, 'weather'>): boolean {
  return isRough(weather.condition) || weather.tempMaxC >= 35 || weather.tempMaxC <= 0;
}

function placeOf({ profile }: DayBrief, key: string | undefined): Place | undefined {
  return profile.places.find((place) => place.key === key);
}
