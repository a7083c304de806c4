import { z } from 'zod';
import { authorNames } from '../authoring/author.js';
import { categories } from '../character/profile.js';
import { levels } from '../drafting/draft-fields.js';
import { fallbackSchema } from '../generation/generation.js';
import { dateText, minuteText } from '../schemas.js';
import { dayTypes } from './day-type.js';
import { majorEventSchema } from './major-event.js';
import { weatherSchema } from './weather.js';

// A published day as clients see it.

export const experienceSchema = z.object({
  id: z.uuid(),
  start: minuteText,
  end: minuteText,
  content: z.string(),
  emotions: z.array(z.string()),
  thoughts: z.string(),
  interaction: z.object({ content: z.string() }).nullable(),
});

export const dayItemSchema = z.object({
  id: z.uuid(),
  start: minuteText,
  end: minuteText,
  title: z.string(),
  category: z.enum(categories),
  priority: z.enum(levels),
  asleep: z.boolean(),
  location: z.string(),
  description: z.string(),
  companions: z.array(z.string()),
  weatherAffected: z.boolean(),
  emotionalTags: z.array(z.string()),
  interactionPotential: z.enum(levels),
  experiences: z.array(experienceSchema),
});

const liveGenerationSchema = z.object({
  id: z.uuid(),
  author: z.enum(authorNames),
  model: z.string().nullable(),
  fallback: fallbackSchema,
  publishedAt: z.string(),
});

export const daySchema = z
  .object({
    character: z.string(),
    date: dateText,
    timeZone: z.string(),
    language: z.string(),
    dayType: z.enum(dayTypes),
    generation: liveGenerationSchema,
    weather: weatherSchema,
    majorEvent: majorEventSchema.extend({ dayNumber: z.number().int() }).nullable(),
    summary: z.string(),
    items: z.array(dayItemSchema),
  })
  .meta({ id: 'Day' });

/** A published day without its items, for lists. */
export const daySummarySchema = daySchema.omit({ items: true }).meta({ id: 'DaySummary' });

export const interactionStatuses = ['planned', 'sent', 'expired', 'failed'] as const;
export type InteractionStatus = (typeof interactionStatuses)[number];

/** A message that the character wants to send, with its time window. */
export const interactionSchema = z
  .object({
    id: z.uuid(),
    /** The local date of the day. */
    date: dateText,
    experienceId: z.uuid(),
    content: z.string(),
    status: z.enum(interactionStatuses),
    /** The message is to be sent between these instants, RFC 3339, UTC. */
    windowStart: z.string(),
    windowEnd: z.string(),
  })
  .meta({ id: 'Interaction' });

export type Experience = z.infer<typeof experienceSchema>;
export type DayItem = z.infer<typeof dayItemSchema>;
export type Day = z.infer<typeof daySchema>;
export type DaySummary = z.infer<typeof daySummarySchema>;
export type Interaction = z.infer<typeof interactionSchema>;
