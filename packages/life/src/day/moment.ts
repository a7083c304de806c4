import {
  localDate,
  localMinute,
  type MinuteOfDay,
  parseMinute,
  type Temporal,
} from '@texas-ai/kernel';
import { z } from 'zod';
import type { Profile } from '../character/profile.js';
import { type Day, dayItemSchema, experienceSchema } from './day.js';

/** What the character is doing at an instant. */
export const momentSchema = z
  .object({
    character: z.string(),
    timeZone: z.string(),
    /** The instant, RFC 3339 with the character's offset. */
    at: z.string(),
    date: z.string(),
    /** False while the day is not written; then she is still asleep. */
    written: z.boolean(),
    asleep: z.boolean(),
    author: z.string().nullable(),
    item: dayItemSchema.omit({ experiences: true, id: true }),
    experience: experienceSchema.nullable(),
  })
  .meta({ id: 'Moment' });

export type Moment = z.infer<typeof momentSchema>;

/** The local date and minute of the day of an instant. */
export function toLocalTime(instant: Temporal.Instant, timeZone: string) {
  return { date: localDate(instant, timeZone).toString(), minute: localMinute(instant, timeZone) };
}

/** The moment at an instant; `day` is the day of its local date, null if it is not written. */
export function momentOf(profile: Profile, day: Day | null, instant: Temporal.Instant): Moment {
  const { date, minute } = toLocalTime(instant, profile.timeZone);
  const at = instant
    .toZonedDateTimeISO(profile.timeZone)
    .toString({ timeZoneName: 'never', smallestUnit: 'second' });
  const found = day?.items.find((item) => covers(item, minute));
  const base = { character: profile.id, timeZone: profile.timeZone, at, date };
  if (!day || !found) {
    const item = stillAsleep(profile);
    return { ...base, written: false, asleep: true, author: null, item, experience: null };
  }
  const { experiences, id: _id, ...item } = found;
  return {
    ...base,
    written: true,
    asleep: item.asleep,
    author: day.generation.author,
    item,
    experience: experiences.find((experience) => covers(experience, minute)) ?? null,
  };
}

function covers(span: { start: string; end: string }, minute: MinuteOfDay): boolean {
  const start = parseMinute(span.start);
  const end = parseMinute(span.end);
  return start !== undefined && end !== undefined && start <= minute && minute < end;
}

const sleeping = {
  zh: { title: '还在睡', description: '今天的日程还没有写好，她还在睡。', tag: '安静' },
  en: {
    title: 'Still asleep',
    description: 'Today is not written yet; she is still asleep.',
    tag: 'calm',
  },
};

function stillAsleep(profile: Profile): Moment['item'] {
  const { title, description, tag } = sleeping[profile.language];
  return {
    start: '00:00',
    end: '24:00',
    title,
    category: 'rest',
    priority: 'low',
    asleep: true,
    location: profile.home.name,
    description,
    companions: [],
    weatherAffected: false,
    emotionalTags: [tag],
    interactionPotential: 'low',
  };
}
