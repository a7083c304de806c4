import { isTimeZone } from '@texas-ai/kernel';
import { z } from 'zod';
import { minuteText } from './words.js';

// The profile of one character in one language, as the system uses it. The file on disk may give
// every text in both languages (`{ zh, en }`); `localise` in profile-file.ts chooses one.

const text = z.string().trim().min(1);
const span = z.tuple([minuteText, minuteText]);

export const languages = ['zh', 'en'] as const;
export type Language = (typeof languages)[number];

/** What a stretch of a day is about. */
export const categories = ['personal', 'work', 'social', 'rest'] as const;
export type Category = (typeof categories)[number];

export const majorEventKinds = ['trip', 'delivery', 'training', 'private', 'illness'] as const;

export const companionSchema = z.strictObject({
  name: text,
  relation: text,
  description: text,
});

export const placeSchema = z.strictObject({
  /** What activities refer to; unique within the profile. */
  key: z.string().regex(/^[a-z][a-z0-9-]*$/),
  name: text,
  outdoors: z.boolean(),
  description: text,
});

/** Something the character does: the material that days are written from. */
export const activitySchema = z.strictObject({
  title: text,
  category: z.enum(categories),
  /** Keys of places where it can happen; one at least. */
  places: z.array(z.string()).min(1),
  /** Minutes it takes, shortest and longest. */
  minutes: z.tuple([z.number().int().min(5).max(720), z.number().int().min(5).max(720)]),
  description: text,
  /** Names of companions who may take part. */
  companions: z.array(text).default([]),
});

export const majorEventKindSchema = z.strictObject({
  kind: z.enum(majorEventKinds),
  weight: z.number().min(0),
  titles: z.array(text).min(1),
  objectives: z.array(text).min(1),
});

export const profileSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'lower-case letters, digits and hyphens'),
  name: text,
  language: z.enum(languages),
  timeZone: z.string().refine(isTimeZone, 'an IANA time zone, for example Asia/Shanghai'),
  persona: z.strictObject({
    summary: text,
    traits: z.array(text).min(1),
    /** How she speaks and thinks, for whoever writes in her voice. */
    voice: text,
    /** How she addresses her owner. */
    owner: text,
  }),
  home: z.strictObject({
    name: text,
    /** Degrees north, -90 to 90, and east, -180 to 180 (WGS 84). */
    latitude: z.number().min(-90).max(90),
    longitude: z.number().min(-180).max(180),
    /** Key of the place where she sleeps. */
    place: z.string(),
  }),
  hours: z.strictObject({
    /** Earliest and latest waking, local time. */
    wake: span,
    /** Earliest and latest falling asleep, local time, at most 24:00. */
    sleep: span,
  }),
  companions: z.array(companionSchema),
  places: z.array(placeSchema).min(1),
  habits: z.array(activitySchema).min(1),
  work: z.array(activitySchema).min(1),
  leisure: z.array(activitySchema).min(1),
  majorEvents: z.strictObject({
    /** That one begins on an ordinary day, 0-1. */
    probability: z.number().min(0).max(1),
    kinds: z.array(majorEventKindSchema).min(1),
  }),
});

export type Profile = z.infer<typeof profileSchema>;
export type Activity = z.infer<typeof activitySchema>;
export type Place = z.infer<typeof placeSchema>;
