import { type Random, seededRandom, Temporal } from '@texas-ai/kernel';
import { z } from 'zod';
import { majorEventKinds, type Profile } from '../character/profile.js';

/** An event of 1-7 days, such as a trip or an illness. */
export const majorEventSchema = z.object({
  kind: z.enum(majorEventKinds),
  title: z.string().min(1),
  objective: z.string().min(1),
  /** First local date, `YYYY-MM-DD`. */
  startDate: z.string(),
  days: z.number().int().min(1).max(7),
});

export type MajorEvent = z.infer<typeof majorEventSchema>;

/** A stored major event. */
export const majorEventRecordSchema = majorEventSchema
  .extend({ id: z.uuid() })
  .meta({ id: 'MajorEvent' });
export type MajorEventRecord = z.infer<typeof majorEventRecordSchema>;

/** One day of a major event. */
export interface MajorEventDay extends MajorEvent {
  /** 1 on the first day, `days` on the last. */
  dayNumber: number;
}

const maxEventDays = 7;

type EventfulProfile = Pick<Profile, 'id' | 'majorEvents'>;

/**
 * The major event that covers a local date, or null on an ordinary day. On each ordinary day an event
 * begins with the profile's probability; it lasts int(N(4, 2)) days, clamped to 1-7.
 *
 * Whether a day is ordinary depends on the events before it. So the days are walked forward from a day
 * that no earlier event can reach: one after six days on which no event would begin, or 1 January, since
 * events end with the year. This bounds the walk for any probability, and the result depends on profile
 * and date only.
 */
export function majorEventOn(
  profile: EventfulProfile,
  date: Temporal.PlainDate,
): MajorEvent | null {
  const { year, dayOfYear, daysInYear } = date;
  let day = walkStart(profile, year, dayOfYear);
  while (day <= dayOfYear) {
    const random = seededRandom(profile.id, 'major-event', year, day);
    if (!eventBegins(profile, random)) {
      day += 1;
      continue;
    }
    const length = Math.min(Math.max(Math.trunc(random.normal(4, 2)), 1), maxEventDays);
    const days = Math.min(length, daysInYear - day + 1);
    if (day + days > dayOfYear) {
      const startDate = date.subtract({ days: dayOfYear - day }).toString();
      return { ...drawEvent(profile, random), startDate, days };
    }
    day += days;
  }
  return null;
}

/** The day of the event on a local date; null if the event does not cover the date. */
export function majorEventDay(event: MajorEvent, date: Temporal.PlainDate): MajorEventDay | null {
  const dayNumber = Temporal.PlainDate.from(event.startDate).until(date).days + 1;
  return dayNumber >= 1 && dayNumber <= event.days ? { ...event, dayNumber } : null;
}

/** The last day of the year, up to this one, that no earlier event can cover. */
function walkStart(profile: EventfulProfile, year: number, dayOfYear: number): number {
  let day = dayOfYear;
  for (let quiet = 0; quiet < maxEventDays - 1 && day > 1; ) {
    day -= 1;
    quiet = eventBegins(profile, seededRandom(profile.id, 'major-event', year, day))
      ? 0
      : quiet + 1;
  }
  return day;
}

/** Whether an event would begin if the day were ordinary: the first draw of its random stream. */
function eventBegins({ majorEvents }: EventfulProfile, random: Random): boolean {
  return (
    random.chance(majorEvents.probability) && majorEvents.kinds.some(({ weight }) => weight > 0)
  );
}

function drawEvent({ majorEvents }: EventfulProfile, random: Random) {
  const { kind, titles, objectives } = random.weighted(majorEvents.kinds, ({ weight }) => weight);
  return { kind, title: random.pick(titles), objective: random.pick(objectives) };
}
