import { z } from 'zod';
import { type Generation, generationSchema, generationStatuses } from './generation.js';

/** Called after a change of a generation was stored; must not throw. */
export type OnProgress = (generationId: string) => void;

/** A progress event of a generation, as clients receive it. */
export const progressEventSchema = z
  .object({
    /** A reconnecting client sends it as `Last-Event-ID`. */
    id: z.string(),
    type: z.enum(['queued', 'planning', 'planned', 'chapter', 'published', 'failed', 'cancelled']),
    generation: z.uuid(),
    status: z.enum(generationStatuses),
    /** The counts at the time of the event. */
    chapters: z.object({ total: z.number().int(), written: z.number().int() }),
    /** The written chapter, from 0; null for other events. */
    chapter: z.number().int().nullable(),
    error: generationSchema.shape.error,
  })
  .meta({ id: 'ProgressEvent' });

export type ProgressEvent = z.infer<typeof progressEventSchema>;

type ProgressSource = Pick<Generation, 'id' | 'status' | 'chapters' | 'error' | 'startedAt'>;

const planned = ['writing', 'publishing', 'published'];
const ended = { published: 'published', failed: 'failed', cancelled: 'cancelled' } as const;

/**
 * All events of a generation, derived from its state and the order in which its chapters were written. Ids
 * are stable: they count the events. A final event has its own id, since resuming the generation revokes it.
 */
export function progressOf(
  generation: ProgressSource,
  written: readonly number[],
): [ProgressEvent, ...ProgressEvent[]] {
  const { id, status, chapters, error } = generation;
  const event = (
    number: number | string,
    type: ProgressEvent['type'],
    count: number,
    chapter: number | null = null,
  ): ProgressEvent => ({
    id: String(number),
    type,
    generation: id,
    status,
    chapters: { total: chapters.total, written: count },
    chapter,
    error: type === 'failed' ? error : null,
  });
  const events: [ProgressEvent, ...ProgressEvent[]] = [event(1, 'queued', 0)];
  if (generation.startedAt !== null) events.push(event(2, 'planning', 0));
  if (chapters.total > 0 || planned.includes(status)) events.push(event(3, 'planned', 0));
  written.forEach((chapter, index) => {
    events.push(event(4 + index, 'chapter', index + 1, chapter));
  });
  if (status === 'published' || status === 'failed' || status === 'cancelled') {
    const type = ended[status];
    events.push(event(`${events.length}-${type}`, type, written.length));
  }
  return events;
}

/** The events after the one with this id; all of them if the id is missing or invalid. */
export function progressSince(
  events: readonly ProgressEvent[],
  lastId: string | undefined,
): ProgressEvent[] {
  const [, number, end] = /^(\d{1,4})(?:-([a-z]+))?$/.exec(lastId ?? '') ?? [];
  if (number === undefined) return [...events];
  const seen = Number(number);
  return events.filter((event) => {
    const [, at, type] = /^(\d+)(?:-([a-z]+))?$/.exec(event.id) ?? [];
    if (type === undefined) return Number(at) > seen;
    return !(Number(at) === seen && type === end);
  });
}
