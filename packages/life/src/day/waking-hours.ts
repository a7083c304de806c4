import { type MinuteOfDay, parseMinute, type Random } from '@texas-ai/kernel';
import type { Profile } from '../character/profile.js';
import type { DayType } from './day-type.js';

/** The hours that a plan covers, minutes since local midnight, `sleep` up to 1440. */
export interface WakingHours {
  wake: MinuteOfDay;
  sleep: MinuteOfDay;
}

/**
 * Draws the waking hours: uniform within the ranges of the profile, on multiples of five minutes. On days
 * off the first third of each range is left out, so that she wakes and goes to bed a bit later.
 */
export function wakingHours(
  { hours }: Pick<Profile, 'hours'>,
  dayType: DayType,
  random: Random,
): WakingHours {
  const later = dayType === 'workday' ? 0 : 1 / 3;
  return { wake: within(hours.wake, later, random), sleep: within(hours.sleep, later, random) };
}

function within(span: readonly [string, string], later: number, random: Random): MinuteOfDay {
  const [earliest, latest] = span.map(parseMinute);
  if (earliest === undefined || latest === undefined || earliest > latest) {
    throw new RangeError(`“${span.join('-')}” is not a range of times of day.`);
  }
  const from = Math.ceil((earliest + later * (latest - earliest)) / 5);
  const to = Math.floor(latest / 5);
  return from <= to ? random.int(from, to) * 5 : latest;
}
