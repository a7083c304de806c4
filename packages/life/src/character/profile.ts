import { timeZoneSchema } from '@texas-ai/kernel';
import { z } from 'zod';
import { dayTypes } from '../day/day-type.js';
import { weatherConditions } from '../day/weather.js';
import { minuteText } from '../schemas.js';

// The profile of one character in one language, as the system uses it. The file on disk may give
// every text in both languages (`{ zh, en }`); `parseProfile` in profile-file.ts chooses one.
//
// Required are who she is, where she lives and what she does. Everything optional below is sentence
// material for the offline author: clauses without a final full stop. `{word}` in a clause stands
// for one of `material.words.word`, or for `{companion}`, `{place}`, `{time}`, `{weekday}`,
// `{temperature}`, `{yesterday}`; a clause whose word is unknown at that moment is not used.

/** A character that can be seen, and not the word that programs write in place of a missing text. */
const readable = /^(?!(?:null|undefined)$).*[^\p{Default_Ignorable_Code_Point}\p{C}\p{Z}\u2800]/isu;
const text = z.string().trim().regex(readable, 'expected a text with something to read');
const texts = z.array(text).optional();
const key = z.string().regex(/^[a-z][a-z0-9-]*$/, 'lower-case letters, digits and hyphens');
const span = z.tuple([minuteText, minuteText]);

export const languages = ['zh', 'en'] as const;
export type Language = (typeof languages)[number];

/** What a stretch of a day is about. */
export const categories = ['personal', 'work', 'social', 'rest'] as const;
export type Category = (typeof categories)[number];

export const majorEventKinds = ['trip', 'delivery', 'training', 'private', 'illness'] as const;
export type MajorEventKind = (typeof majorEventKinds)[number];

/** dawn until 08:00, morning until 11:30, noon until 13:30, afternoon until 17:30, dusk until 19:00. */
export const timesOfDay = ['dawn', 'morning', 'noon', 'afternoon', 'dusk', 'night'] as const;
export type TimeOfDay = (typeof timesOfDay)[number];

/** The fixed points of a day that habits can stand for. */
export const habitTimes = ['waking', 'breakfast', 'lunch', 'dinner', 'evening', 'bedtime'] as const;
export type HabitTime = (typeof habitTimes)[number];

export const companionSchema = z.strictObject({
  name: text,
  relation: text,
  description: text,
  /** What this companion does when present, without the subject: `hums along with the radio`. */
  does: texts,
  /** What this companion says, without quotation marks and full stop. */
  says: texts,
});

export const placeSchema = z.strictObject({
  /** What activities refer to; unique within the profile. */
  key,
  name: text,
  outdoors: z.boolean(),
  description: text,
  /** True for places out of town, where only major events lead. */
  away: z.boolean().optional(),
  /** What there is to see, hear or smell at any time, as clauses of their own. */
  details: texts,
  /** The same, in some weather (sun and clouds: by daylight) or at some time of day only. */
  weather: z.partialRecord(z.enum(weatherConditions), z.array(text)).optional(),
  times: z.partialRecord(z.enum(timesOfDay), z.array(text)).optional(),
  /** Small movements that fit here, in place of `material.moves`. */
  moves: texts,
});

/**
 * What she does in an activity, as clauses with their subject: at its start, during it (in the order
 * in which things happen), at its end.
 */
export const beatsSchema = z.strictObject({ start: texts, middle: texts, end: texts });

/** Sentence material that several activities share. */
export const themeSchema = z.strictObject({
  beats: beatsSchema.optional(),
  /** First person, as she would think it. */
  thoughts: texts,
  /** First person, as she would write it to her owner. */
  messages: texts,
  emotions: texts,
  /** What fits in place of `material.gestures` and of `moves` of the place or the character. */
  gestures: texts,
  moves: texts,
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
  /** Which fixed point of the day a habit stands for. */
  at: z.enum(habitTimes).optional(),
  /** The local hours within which it may begin. */
  between: span.optional(),
  /** The only weather, and the only day types, it is for. */
  weather: z.array(z.enum(weatherConditions)).min(1).optional(),
  days: z.array(z.enum(dayTypes)).min(1).optional(),
  /** Key of a theme whose material it shares. */
  theme: z.string().optional(),
  ...themeSchema.omit({ gestures: true, moves: true }).shape,
});

export const majorEventKindSchema = z.strictObject({
  kind: z.enum(majorEventKinds),
  weight: z.number().min(0),
  titles: z.array(text).min(1),
  objectives: z.array(text).min(1),
  /** Key of the place where she sleeps while it lasts; home where absent. */
  lodging: z.string().optional(),
  /** What fills its days, in place of ordinary work. */
  activities: z.array(activitySchema).optional(),
  /** One sentence (with its full stop) for the summary of the first, a middle, the last day. */
  phases: z.strictObject({ first: texts, middle: texts, last: texts }).optional(),
});

/** Sentence material that belongs to the character rather than to one activity. */
export const materialSchema = z.strictObject({
  /** Lists that `{word}` in a clause draws from. */
  words: z.record(z.string().regex(/^[a-z][a-zA-Z]*$/), z.array(text).min(1)).optional(),
  themes: z.record(key, themeSchema).optional(),
  /** Small things done on the side; Chinese without a subject, English as a participle phrase. */
  gestures: texts,
  /** The same kind of thing as a clause of its own, with its subject. */
  moves: texts,
  /** How she reacts to company, as a clause with its subject. */
  reactions: texts,
  /** First-person thoughts for any time of day. */
  thoughts: texts,
  /** Second halves of messages, what she asks her owner, her first and last words of a day. */
  asides: texts,
  questions: texts,
  mornings: texts,
  nights: texts,
});

export const profileSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'lower-case letters, digits and hyphens'),
  name: text,
  language: z.enum(languages),
  timeZone: timeZoneSchema,
  persona: z.strictObject({
    summary: text,
    traits: z.array(text).min(1),
    /** How she speaks and thinks, for whoever writes in her voice. */
    voice: text,
    /** How she addresses her owner. */
    owner: text,
    /** Which pronoun the generic grammar uses; `she` where absent. */
    pronoun: z.enum(['she', 'he']).optional(),
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
  material: materialSchema.optional(),
});

export type Profile = z.infer<typeof profileSchema>;
export type Activity = z.infer<typeof activitySchema>;
export type Place = z.infer<typeof placeSchema>;
export type Companion = z.infer<typeof companionSchema>;
export type Beats = z.infer<typeof beatsSchema>;
export type Theme = z.infer<typeof themeSchema>;
