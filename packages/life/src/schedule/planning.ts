import {
  formatMinute,
  instantOf,
  localDate,
  type MinuteOfDay,
  parseDate,
  parseMinute,
  type Temporal,
} from '@texas-ai/kernel';

/**
 * When a character is looked after, and which date is planned now. Today is planned from its planning
 * time on, also late, after an outage; a date that is over never is. In local time: where
 * summer time skips the planning time it comes as much later, where it repeats it the first counts.
 */
export function planningAt(
  now: Temporal.Instant,
  timeZone: string,
  planningTime: MinuteOfDay,
): { date: string | null; next: Temporal.Instant } {
  const today = localDate(now, timeZone);
  const planned = planningInstant(today, planningTime, timeZone);
  if (now.epochMilliseconds < planned.epochMilliseconds) return { date: null, next: planned };
  const next = planningInstant(today.add({ days: 1 }), planningTime, timeZone);
  return { date: today.toString(), next };
}

/** Where summer time skips the end of a date with the planning time in it, the date's beginning. */
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
 * When the offline author takes a day over whose own author is still held: an hour before the
 * character may wake, but not within the first hour after it was asked for.
 */
export function fallbackAt(
  asked: Temporal.Instant,
  date: string,
  { timeZone, wakesAt }: { timeZone: string; wakesAt: string },
): Temporal.Instant {
  const day = parseDate(date);
  const wakes = parseMinute(wakesAt);
  if (!day || wakes === undefined) {
    throw new RangeError(`“${date} ${wakesAt}” is no time of a day.`);
  }
  const early = instantOf(day, wakes, timeZone).subtract({ minutes: beforeWakingMinutes });
  const late = asked.add({ minutes: afterRequestMinutes });
  return early.epochMilliseconds > late.epochMilliseconds ? early : late;
}

/** `HH:MM` as minutes of the day. Throws a RangeError for anything else. */
export function minuteOf(text: string): MinuteOfDay {
  const minute = parseMinute(text);
  if (minute === undefined)
    throw new RangeError(`“${text}” is no time of day (${formatMinute(0)}).`);
  return minute;
}
