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

/** The states in which a generation is still on its way. */
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

/** `reason` says in plain words what `code` says to programs; null where it was not kept yet. */
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
        .describe('Money known to be spent, in the currency of the price table; null if none is.'),
      unpricedCalls: z
        .number()
        .int()
        .describe('Calls whose price is not known; `cost` does not include them.'),
    }),
    /** Whose work its author finished, and the code of why; null where it began it itself. */
    fallback: fallbackSchema,
    /** Why the generation stands still, and until when; null while it moves. */
    waiting: z.object({ until: instant, reason: z.string() }).nullable(),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    createdAt: instant,
    startedAt: instant.nullable(),
    finishedAt: instant.nullable(),
  })
  .meta({ id: 'Generation' });

/** One run that writes a day, as clients see it. */
export type GenerationView = z.infer<typeof generationSchema>;

/** One run that writes a day, as it is kept. */
export interface Generation extends GenerationView {
  /** 1 for the first generation of its character and date. */
  ordinal: number;
  /** Which enqueueing of its steps counts; a job of another run does no work. */
  run: number;
  /** How many chapters it is to have; null for as many as are configured. */
  chaptersWanted: number | null;
  /** Whether a person asked for it, or it was begun by itself early in the day. */
  askedBy: 'person' | 'night';
  /** Identifies the request that asked for it, in logs. */
  requestId: string | null;
}

export function viewOf(generation: Generation): GenerationView {
  const {
    ordinal: _ordinal,
    run: _run,
    chaptersWanted: _wanted,
    askedBy: _asker,
    requestId: _id,
    ...view
  } = generation;
  return view;
}
