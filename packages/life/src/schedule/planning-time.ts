import {
  instantOf,
  localDate,
  type MinuteOfDay,
  parseMinute,
  type Temporal,
} from '@texas-ai/kernel';

/**
 * The date to plan now, if any, and the character's next planning time. Today is planned at or after its
 * planning time, even late after an outage; past dates are never planned. A planning time that daylight
 * saving skips moves forward by the gap; of a repeated one, the first counts.
 */
export function planningAt(
  now: Temporal.Instant,
  timeZone: string,
  planningTime: MinuteOfDay,
): { date: Temporal.PlainDate | null; next: Temporal.Instant } {
  const today = localDate(now, timeZone);
  const planned = planningInstant(today, planningTime, timeZone);
  if (now.epochMilliseconds < planned.epochMilliseconds) return { date: null, next: planned };
  const next = planningInstant(today.add({ days: 1 }), planningTime, timeZone);
  return { date: today, next };
}

/** The planning time, or the start of the date if a time zone change skips the rest of it, planning time included. */
function planningInstant(
  date: Temporal.PlainDate,
  planningTime: MinuteOfDay,
  timeZone: string,
): Temporal.Instant {
  const instant = instantOf(date, planningTime, timeZone);
  return localDate(instant, timeZone).equals(date) ? instant : instantOf(date, 0, timeZone);
}

const beforeWakingMinutes = 60;
const afterRequestMinutes = 60;

/**
 * When the offline author takes over a day whose own author is in a cooldown: an hour before the
 * character may wake, but not within an hour of the request.
 */
export function fallbackAt(
  requestedAt: Temporal.Instant,
  date: Temporal.PlainDate,
  { timeZone, wakesAt }: { timeZone: string; wakesAt: string },
): Temporal.Instant {
  const early = instantOf(date, minuteOf(wakesAt), timeZone).subtract({
    minutes: beforeWakingMinutes,
  });
  const late = requestedAt.add({ minutes: afterRequestMinutes });
  return early.epochMilliseconds > late.epochMilliseconds ? early : late;
}

/** Parses `HH:MM` into minutes of the day. Throws a RangeError for anything else. */
export function minuteOf(text: string): MinuteOfDay {
  const minute = parseMinute(text);
  if (minute === undefined) throw new RangeError(`“${text}” is not a time of day, HH:MM.`);
  return minute;
}
