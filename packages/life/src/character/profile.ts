import { timeZoneSchema } from '@texas-ai/kernel';
import { z } from 'zod';
import { dayTypes } from '../day/day-type.js';
import { weatherConditions } from '../day/weather.js';
import { minuteText } from '../schemas.js';

// The profile of a character in one language. The file may give every text in both languages
// (`{ zh, en }`); `parseProfile` in profile-file.ts selects one.
//
// Optional lists of texts are sentence material for the offline author: clauses without a full stop.
// `{word}` in a clause is replaced by one of `material.words.word`; `{companion}`, `{place}`, `{time}`,
// `{weekday}`, `{temperature}` and `{yesterday}` are built in. A clause with an unknown word is not used.

/** At least one visible character, and not `null` or `undefined`, which programs write for missing text. */
const readable = /^(?!(?:null|undefined)$).*[^\p{Default_Ignorable_Code_Point}\p{C}\p{Z}\u2800]/isu;
const text = z.string().trim().regex(readable, 'expected text with a visible character');
const texts = z.array(text).optional();
const key = z.string().regex(/^[a-z][a-z0-9-]*$/, 'lower-case letters, digits and hyphens');
const span = z.tuple([minuteText, minuteText]);

export const languages = ['zh', 'en'] as const;
export type Language = (typeof languages)[number];

export const categories = ['personal', 'work', 'social', 'rest'] as const;
export type Category = (typeof categories)[number];

export const majorEventKinds = ['trip', 'delivery', 'training', 'private', 'illness'] as const;
export type MajorEventKind = (typeof majorEventKinds)[number];

/** dawn ends at 08:00, morning at 11:30, noon at 13:30, afternoon at 17:30, dusk at 19:00. */
export const timesOfDay = ['dawn', 'morning', 'noon', 'afternoon', 'dusk', 'night'] as const;
export type TimeOfDay = (typeof timesOfDay)[number];

/** The fixed points of a day to which a habit can belong. */
export const habitTimes = ['waking', 'breakfast', 'lunch', 'dinner', 'evening', 'bedtime'] as const;
export type HabitTime = (typeof habitTimes)[number];

export const companionSchema = z.strictObject({
  name: text,
  relation: text,
  description: text,
  /** What the companion does when present, without a subject: `hums along with the radio`. */
  does: texts,
  /** What the companion says, without quotation marks or a full stop. */
  says: texts,
});

export const placeSchema = z.strictObject({
  /** Unique within the profile; activities refer to it. */
  key,
  name: text,
  outdoors: z.boolean(),
  description: text,
  /** True for places out of town, which are visited only during major events. */
  away: z.boolean().optional(),
  /** What she sees, hears or smells there at any time, as complete clauses. */
  details: texts,
  /** The same, for one kind of weather (`sunny` and `cloudy` in daylight only) or one time of day. */
  weather: z.partialRecord(z.enum(weatherConditions), z.array(text)).optional(),
  times: z.partialRecord(z.enum(timesOfDay), z.array(text)).optional(),
  /** Small movements that fit this place; they replace `material.moves`. */
  moves: texts,
});

/** What she does at the start, in the middle (in order) and at the end, as clauses with a subject. */
export const beatsSchema = z.strictObject({ start: texts, middle: texts, end: texts });

/** Sentence material that several activities share. */
export const themeSchema = z.strictObject({
  beats: beatsSchema.optional(),
  /** In the first person. */
  thoughts: texts,
  /** In the first person, as she would write to her owner. */
  messages: texts,
  emotions: texts,
  /** Replace `material.gestures`, and the `moves` of the place or the character. */
  gestures: texts,
  moves: texts,
});

/** Something the character does. Days are made up of activities. */
export const activitySchema = z.strictObject({
  title: text,
  category: z.enum(categories),
  /** Keys of the places where it can happen, at least one. */
  places: z.array(z.string()).min(1),
  /** Minimum and maximum duration in minutes. */
  minutes: z.tuple([z.number().int().min(5).max(720), z.number().int().min(5).max(720)]),
  description: text,
  /** Names of companions who may take part. */
  companions: z.array(text).default([]),
  /** The fixed point of the day to which a habit belongs. */
  at: z.enum(habitTimes).optional(),
  /** The local times between which it may begin. */
  between: span.optional(),
  /** The weather and the day types to which it is limited. */
  weather: z.array(z.enum(weatherConditions)).min(1).optional(),
  days: z.array(z.enum(dayTypes)).min(1).optional(),
  /** Key of a theme whose material it also uses. */
  theme: z.string().optional(),
  ...themeSchema.omit({ gestures: true, moves: true }).shape,
});

export const majorEventKindSchema = z.strictObject({
  kind: z.enum(majorEventKinds),
  weight: z.number().min(0),
  titles: z.array(text).min(1),
  objectives: z.array(text).min(1),
  /** Key of the place where she sleeps during the event; home by default. */
  lodging: z.string().optional(),
  /** What she does instead of ordinary work. */
  activities: z.array(activitySchema).optional(),
  /** Sentences (with a full stop) for the summary of the first, a middle and the last day. */
  phases: z.strictObject({ first: texts, middle: texts, last: texts }).optional(),
});

/** Sentence material of the character, independent of activities. */
export const materialSchema = z.strictObject({
  /** The choices for `{word}` in a clause. */
  words: z.record(z.string().regex(/^[a-z][a-zA-Z]*$/), z.array(text).min(1)).optional(),
  themes: z.record(key, themeSchema).optional(),
  /** Small things done on the side; Chinese without a subject, English as participle phrases. */
  gestures: texts,
  /** The same, as complete clauses with a subject. */
  moves: texts,
  /** How she reacts to company, as clauses with a subject. */
  reactions: texts,
  /** In the first person, for any time of day. */
  thoughts: texts,
  /** Second halves of messages, questions to her owner, and her first and last messages of a day. */
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
    /** How she speaks and thinks. */
    voice: text,
    /** How she addresses her owner. */
    owner: text,
    /** The pronoun in generated sentences; `she` by default. */
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
    /** The earliest and latest local times at which she wakes up. */
    wake: span,
    /** The earliest and latest local times at which she falls asleep, at most 24:00. */
    sleep: span,
  }),
  companions: z.array(companionSchema),
  places: z.array(placeSchema).min(1),
  habits: z.array(activitySchema).min(1),
  work: z.array(activitySchema).min(1),
  leisure: z.array(activitySchema).min(1),
  majorEvents: z.strictObject({
    /** The probability, 0-1, that an event begins on an ordinary day. */
    probability: z.number().min(0).max(1),
    kinds: z.array(majorEventKindSchema).min(1),
  }),
  material: materialSchema.optional(),
});

export type Profile = z.infer<typeof profileSchema>;
export type Activity = z.infer<typeof activitySchema>;
export type Place = z.infer<typeof placeSchema>;
export type Companion = z.infer<typeof companionSchema>;
export type Theme = z.infer<typeof themeSchema>;
