import type { Temporal } from '@texas-ai/kernel';
import { z } from 'zod';
import { authorNames } from '../authoring/author.js';
import { dateText } from '../schemas.js';

export const generationStatuses = [
  'queued',
  'planning',
  'writing',
  'publishing',
  'published',
  'failed',
  'cancelled',
] as const;
export type GenerationStatus = (typeof generationStatuses)[number];

/** The states of a generation that is not over. */
export const inFlightStatuses = [
  'queued',
  'planning',
  'writing',
  'publishing',
] as const satisfies readonly GenerationStatus[];

export function isInFlight(status: GenerationStatus): boolean {
  return (inFlightStatuses as readonly GenerationStatus[]).includes(status);
}

/** An instant, RFC 3339. */
const instant = z.string();

/** `reason` explains `code` to people; null for generations of earlier releases. */
export const fallbackSchema = z
  .object({
    from: z.enum(authorNames),
    to: z.enum(authorNames),
    code: z.string(),
    reason: z.string().nullable(),
  })
  .nullable();

export const generationSchema = z
  .object({
    id: z.uuid(),
    character: z.string(),
    date: dateText,
    status: z.enum(generationStatuses),
    author: z.enum(authorNames),
    model: z.string().nullable(),
    chapters: z.object({ total: z.number().int(), written: z.number().int() }),
    usage: z.object({
      calls: z.number().int(),
      inputTokens: z.number().int(),
      outputTokens: z.number().int(),
      cost: z
        .number()
        .nullable()
        .describe('Known cost in the currency of the price table; null if it is unknown.'),
      unpricedCalls: z
        .number()
        .int()
        .describe('Calls without a known price, which `cost` does not include.'),
    }),
    /** The author that was replaced, and why; null if there was no fallback. */
    fallback: fallbackSchema,
    /** Why the generation waits, and until when; null if it does not. */
    waiting: z.object({ until: instant, reason: z.string() }).nullable(),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    createdAt: instant,
    startedAt: instant.nullable(),
    finishedAt: instant.nullable(),
  })
  .meta({ id: 'Generation' });

/** A generation as clients see it. */
export type GenerationView = z.infer<typeof generationSchema>;

/** One attempt to write a day. */
export interface Generation extends Omit<GenerationView, 'date'> {
  /** The character's local date. */
  date: Temporal.PlainDate;
  /** 1 for the first generation of its character and date. */
  ordinal: number;
  /** Incremented whenever its steps are enqueued again; jobs of earlier runs do nothing. */
  run: number;
  /** The number of chapters to write; null for the configured number. */
  chaptersWanted: number | null;
  /** Whether a person requested it or the schedule began it. */
  askedBy: 'person' | 'night';
  /** The id of the HTTP request, for logs. */
  requestId: string | null;
}

export function viewOf(generation: Generation): GenerationView {
  const {
    ordinal: _ordinal,
    run: _run,
    chaptersWanted: _wanted,
    askedBy: _askedBy,
    requestId: _id,
    ...view
  } = generation;
  return { ...view, date: view.date.toString() };
}
