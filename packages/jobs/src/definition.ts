import { type AuthorName, authorNames } from '@texas-ai/life';
import { z } from 'zod';

/** Where everything of ours in Redis begins, unless told otherwise. */
export const defaultPrefix = 'texas';

export type QueueName = `author-${AuthorName}` | 'days' | 'alerts' | 'maintenance';

/** One queue per author, so that holding one never holds another. */
export const queueNames: readonly QueueName[] = [
  ...authorNames.map((name) => `author-${name}` as const),
  'days',
  'alerts',
  'maintenance',
];

export interface JobDefinition<Name extends string, Payload> {
  /** A literal: queued jobs carry it, so it is never changed. */
  name: Name;
  /** Of the payload's form; a worker hands back a version that it does not know. */
  version: number;
  payload: z.ZodType<Payload>;
}

export function defineJob<Name extends string, Payload>(
  definition: JobDefinition<Name, Payload>,
): JobDefinition<Name, Payload> {
  return definition;
}

/** What every job about a generation says: ids alone, no text and no secret. */
export const generationPayload = z.strictObject({
  version: z.literal(1),
  generationId: z.uuid(),
  run: z.number().int().min(1),
  requestId: z.string().nullable(),
});
