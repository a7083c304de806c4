import type { MinuteOfDay } from '@texas-ai/kernel';
import type { Activity, DayBrief, Place, Profile } from '@texas-ai/life';
import { isRough } from './time-of-day.js';

/** Departure on the first day of a trip and return on its last, minutes since midnight. */
const departing = 540;
const returning = 1050;

type EventKind = Profile['majorEvents']['kinds'][number];

/** The profile's entry for the kind of the day's major event. */
export function eventKindOf(brief: DayBrief): EventKind | undefined {
  const kind = brief.majorEvent?.kind;
  return brief.profile.majorEvents.kinds.find((candidate) => candidate.kind === kind);
}

/** Whether the major event keeps the character out of town at that minute. */
export function isAway(brief: DayBrief, minute: MinuteOfDay): boolean {
  const event = brief.majorEvent;
  if (event === null) return false;
  if (event.kind !== 'trip' && !placeOf(brief, eventKindOf(brief)?.lodging)?.away) return false;
  const left = event.dayNumber > 1 || minute >= departing;
  const back = event.dayNumber === event.days && minute >= returning;
  return left && !back;
}

/** Home, or the lodging while away. */
export function baseAt(brief: DayBrief, minute: MinuteOfDay): Place | undefined {
  const lodging = isAway(brief, minute) ? placeOf(brief, eventKindOf(brief)?.lodging) : undefined;
  return lodging ?? placeOf(brief, brief.profile.home.place);
}

/** The places of an activity within reach: home when ill, otherwise those out of town or those in town. */
export function placesFor(activity: Activity, brief: DayBrief, minute: MinuteOfDay): Place[] {
  const places = activity.places.flatMap((key) => placeOf(brief, key) ?? []);
  if (brief.majorEvent?.kind === 'illness') {
    return places.filter((place) => place.key === brief.profile.home.place);
  }
  const away = isAway(brief, minute);
  return places.filter((place) => (place.away ?? false) === away);
}

/** Rain, storm, snow, heat or frost. */
export function isIndoorWeather({ weather }: Pick<DayBrief, 'weather'>): boolean {
  return isRough(weather.condition) || weather.tempMaxC >= 35 || weather.tempMaxC <= 0;
}

function placeOf({ profile }: DayBrief, key: string | undefined): Place | undefined {
  return profile.places.find((place) => place.key === key);
}
