import { minutesPerDay, Temporal } from '@texas-ai/kernel';
import { z } from 'zod';
import { authorNames } from '../authoring/author.js';
import type { CharacterRecord } from '../character/character-repository.js';
import type { StoredBrief } from '../day/brief.js';
import { interactionStatuses } from '../day/day.js';
import { dayTypes } from '../day/day-type.js';
import {
  type MajorEventRecord,
  majorEventRecordSchema,
  majorEventSchema,
} from '../day/major-event.js';
import { planSchema, scheduleItemSchema, slotSchema } from '../day/plan.js';
import { weatherSchema } from '../day/weather.js';
import { dateText, instantText } from '../schemas.js';

// A day in an export. Unknown keys are rejected, so that an import never drops anything silently.

const instant = instantText.transform((text) => Temporal.Instant.from(text).toString());
const count = z.number().int().min(0).max(2_147_483_647);
const small = z.number().int().min(1).max(32_767);

const briefSchema = z.strictObject({
  dayType: z.enum(dayTypes),
  weather: z.strictObject(weatherSchema.shape),
  majorEvent: z.strictObject({ ...majorEventSchema.shape, dayNumber: z.number().int() }).nullable(),
  yesterday: z
    .strictObject({ date: dateText, summary: z.string(), titles: z.array(z.string()) })
    .nullable(),
  wake: z.number().int().min(0).max(minutesPerDay),
  sleep: z.number().int().min(0).max(minutesPerDay),
}) satisfies z.ZodType<StoredBrief>;

const exportedGenerationSchema = z.strictObject({
  id: z.uuid(),
  ordinal: z.number().int().min(1).max(2_147_483_646),
  author: z.enum(authorNames),
  model: z.string().nullable(),
  authorVersion: z.string().nullable(),
  profileHash: z.string(),
  askedBy: z.enum(['person', 'night']),
  requestId: z.string().nullable(),
  chaptersWanted: small.nullable(),
  // Exports of earlier releases lack the optional ones.
  fallback: z
    .object({ from: z.enum(authorNames), code: z.string(), reason: z.string().nullish() })
    .nullable(),
  warnings: z.array(z.string()),
  usage: z.strictObject({
    calls: count,
    inputTokens: z.number().int().min(0),
    outputTokens: z.number().int().min(0),
    cost: z.number().min(0).max(99_999_999).nullable(),
    unpricedCalls: count.optional(),
  }),
  createdAt: instant,
  startedAt: instant.nullable(),
  finishedAt: instant,
  rewrittenAt: instant.nullable(),
});

const exportedExperienceSchema = z.strictObject({
  id: z.uuid(),
  /** Index of its item. */
  item: z.number().int().min(0),
  start: z.number().int(),
  end: z.number().int(),
  content: z.string().min(1),
  emotions: z.array(z.string()),
  thoughts: z.string(),
  interaction: z.string().min(1).nullable(),
});

const exportedInteractionSchema = z.strictObject({
  id: z.uuid(),
  experienceId: z.uuid(),
  content: z.string(),
  status: z.enum(interactionStatuses),
  windowStart: instant,
  windowEnd: instant,
});

/** A live day with all its rows. Times of day are minutes since local midnight. */
export const exportedDaySchema = z
  .strictObject({
    date: dateText,
    publishedAt: instant,
    generation: exportedGenerationSchema,
    brief: briefSchema,
    summary: planSchema.shape.summary,
    items: z.array(z.strictObject({ id: z.uuid(), ...scheduleItemSchema.shape })).min(1),
    chapters: z
      .array(
        z.strictObject({
          slots: z.array(z.strictObject(slotSchema.shape)),
          writtenAt: instant,
          /** Its position in the order in which the chapters were written, from 1. */
          writtenOrder: small.nullable(),
        }),
      )
      .min(1),
    experiences: z.array(exportedExperienceSchema),
    interactions: z.array(exportedInteractionSchema),
  })
  .superRefine((day, context) => {
    for (const problem of inconsistencies(day)) context.addIssue({ code: 'custom', ...problem });
  });

export type ExportedDay = z.infer<typeof exportedDaySchema>;

export const exportedEventSchema = z.strictObject({
  ...majorEventRecordSchema.shape,
  startDate: dateText,
});

type Problem = { path: (string | number)[]; message: string };

/** Checks how the parts of a day fit together, which no schema of a single value can. */
function inconsistencies({ items, experiences, interactions }: ExportedDay): Problem[] {
  const problems: Problem[] = [];
  const report = (message: string, ...path: Problem['path']) => problems.push({ path, message });

  let end = 0;
  for (const [index, item] of items.entries()) {
    if (item.start !== end || item.end <= item.start) {
      report('items must be contiguous from 00:00', 'items', index);
    }
    end = item.end;
  }
  if (end !== minutesPerDay) report('the last item must end at 24:00', 'items');

  let last = 0;
  for (const [index, { item, start, end: ends }] of experiences.entries()) {
    const within = items[item];
    if (!within || start < within.start || ends > within.end) {
      report('an experience must lie within its item', 'experiences', index);
    }
    if (start < last || ends - start < 5 || ends - start > 30) {
      report('experiences must be in order and 5 to 30 minutes long', 'experiences', index);
    }
    last = ends;
  }

  const free = new Set(experiences.map(({ id }) => id));
  for (const [index, { experienceId, windowStart, windowEnd }] of interactions.entries()) {
    if (!free.delete(experienceId)) {
      report('an interaction must have an experience of its own', 'interactions', index);
    }
    if (Temporal.Instant.compare(windowStart, windowEnd) > 0) {
      report('the window must not end before it begins', 'interactions', index);
    }
  }
  return problems;
}

export interface TransferRepository {
  /** The names of the database's migrations. */
  migrations(): Promise<string[]>;
  /** All major events, by start date. */
  majorEvents(character: string): Promise<MajorEventRecord[]>;
  /** A page of days after a date, by date; each day is read consistently. */
  days(character: string, page: { after: string | null; limit: number }): Promise<ExportedDay[]>;
  /**
   * Creates the character, or takes over one without days, generations and events, and locks it until the
   * transaction ends. Returns false if the character has any. A profile that comes from a file is kept.
   */
  begin(record: CharacterRecord): Promise<boolean>;
  addMajorEvent(character: string, event: MajorEventRecord, ids: ImportedIds): Promise<void>;
  addDay(character: string, day: ExportedDay, ids: ImportedIds): Promise<void>;
}

/** Whether imported rows keep their ids; a copy under another character id gets new ones. */
export type ImportedIds = 'kept' | 'new';
