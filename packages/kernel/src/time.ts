import { Temporal } from 'temporal-polyfill';

/** Whole minutes since local midnight, 0-1440; 1440 is the end of the day, written `24:00`. */
export type MinuteOfDay = number;

export const minutesPerDay = 1440;

/** `HH:MM`, `24:00` for the end of the day. */
export function formatMinute(minute: MinuteOfDay): string {
  return `${pad(Math.floor(minute / 60))}:${pad(minute % 60)}`;
}

/** Parses a strict `HH:MM` (00:00-24:00); undefined for anything else. */
export function parseMinute(text: string): MinuteOfDay | undefined {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$|^24:00$/.exec(text);
  if (!match) return undefined;
  return match[1] === undefined ? minutesPerDay : Number(match[1]) * 60 + Number(match[2]);
}

/** Parses a strict, existing `YYYY-MM-DD` from the year 1 on (PostgreSQL has no year 0); undefined for anything else. */
export function parseDate(text: string): Temporal.PlainDate | undefined {
  if (!/^(?!0000)\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  try {
    return Temporal.PlainDate.from(text, { overflow: 'reject' });
  } catch {
    return undefined;
  }
}

/** The local date of an instant in an IANA time zone. */
export function localDate(instant: Temporal.Instant, timeZone: string): Temporal.PlainDate {
  return instant.toZonedDateTimeISO(timeZone).toPlainDate();
}

/** The local wall-clock minute (0-1439) of an instant in an IANA time zone. */
export function localMinute(instant: Temporal.Instant, timeZone: string): MinuteOfDay {
  const { hour, minute } = instant.toZonedDateTimeISO(timeZone);
  return hour * 60 + minute;
}

/**
 * The instant of a local wall-clock minute. A time skipped by daylight saving moves forward by the gap; of a repeated
 * time the first is used (Temporal's `compatible`).
 */
export function instantOf(
  date: Temporal.PlainDate,
  minute: MinuteOfDay,
  timeZone: string,
): Temporal.Instant {
  const day = minute === minutesPerDay ? date.add({ days: 1 }) : date;
  const time = Temporal.PlainTime.from({
    hour: Math.floor((minute % minutesPerDay) / 60),
    minute: minute % 60,
  });
  return day.toZonedDateTime({ timeZone, plainTime: time }).toInstant();
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
