import { type MinuteOfDay, parseMinute, type Random } from '@texas-ai/kernel';
import type { Activity, DayBrief, Place } from '@texas-ai/life';
import { isIndoorWeather, placesFor } from './setting.js';

/** An activity for a stretch of the day, and its place. */
export interface Choice {
  activity: Activity;
  place: Place;
}

/** Titles chosen so far today, so that none is repeated. */
export type Chosen = Set<string>;

/**
 * The first activity of a shuffled pool that suits the minute, the weather and the day, and was not
 * chosen today. Activities of yesterday are a last resort. Undefined if nothing suits.
 */
export function choose(
  pool: readonly Activity[],
  brief: DayBrief,
  minute: MinuteOfDay,
  chosen: Chosen,
  random: Random,
): Choice | undefined {
  const order = random.shuffle(pool);
  const suitable = order.flatMap((activity) => suits(activity, brief, minute) ?? []);
  const wasYesterday = ({ activity }: Choice) =>
    brief.yesterday?.titles.includes(activity.title) ?? false;
  const isChosen = ({ activity }: Choice) => chosen.has(activity.title);
  const found =
    suitable.find((choice) => !isChosen(choice) && !wasYesterday(choice)) ??
    suitable.find((choice) => !isChosen(choice));
  if (found === undefined) return undefined;
  chosen.add(found.activity.title);
  return { activity: found.activity, place: random.pick(placesInWeather(found, brief, minute)) };
}

function suits(activity: Activity, brief: DayBrief, minute: MinuteOfDay): Choice | undefined {
  const [from, to] = (activity.between ?? ['00:00', '24:00']).map(parseMinute);
  if (minute < (from ?? 0) || minute > (to ?? 1440)) return undefined;
  if (activity.days !== undefined && !activity.days.includes(brief.dayType)) return undefined;
  const { weather } = activity;
  if (weather !== undefined && !weather.includes(brief.weather.condition)) return undefined;
  const places = placesFor(activity, brief, minute);
  const place = places.find(({ outdoors }) => !outdoors) ?? places[0];
  if (place === undefined) return undefined;
  const inAnyWeather = activity.category === 'work' || weather !== undefined;
  if (place.outdoors && !inAnyWeather && isIndoorWeather(brief)) return undefined;
  return { activity, place };
}

/** Possible places: in bad weather only those indoors, if there are any. */
function placesInWeather(
  { activity, place }: Choice,
  brief: DayBrief,
  minute: MinuteOfDay,
): Place[] {
  const places = placesFor(activity, brief, minute);
  const indoors = places.filter(({ outdoors }) => !outdoors);
  if (isIndoorWeather(brief) && indoors.length > 0) return indoors;
  return places.length > 0 ? places : [place];
}
