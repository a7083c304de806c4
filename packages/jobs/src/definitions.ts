import { type AuthorName, authorNames } from '@texas-ai/life';
import { z } from 'zod';

/** The prefix of all our keys and channels in Redis, unless configured otherwise. */
export const defaultPrefix = 'texas';

export type QueueName = `author-${AuthorName}` | 'days' | 'alerts' | 'maintenance';

/** Each author has its own queue, so that pausing one never pauses another. */
export const queueNames: readonly QueueName[] = [
  ...authorNames.map((name) => `author-${name}` as const),
  'days',
  'alerts',
  'maintenance',
];

/**
 * The BullMQ priority of a plan: a day that a person requested comes before scheduled ones. Chapters have
 * none, which is the highest: days are finished before new ones are started.
 */
export const planPriority = { person: 1, night: 10 } as const;

/** `version` is the version of the payload; a worker hands back jobs with a newer one. */
function defineJob<Version extends number, Shape extends z.ZodRawShape>(
  version: Version,
  shape: Shape,
) {
  return { version, payload: z.strictObject({ version: z.literal(version), ...shape }) };
}

/** Ids only: no text and no secret. */
const generation = {
  generationId: z.uuid(),
  run: z.number().int().min(1),
  requestId: z.string().nullable(),
};

/** All jobs by name. Queued jobs carry the name, so it never changes. */
export const jobs = {
  'plan-day': defineJob(1, generation),
  'write-chapter': defineJob(1, { ...generation, chapter: z.number().int().min(0) }),
  'publish-day': defineJob(1, generation),
  /** Starts the days of all characters whose planning time has come. */
  'plan-due-days': defineJob(1, {}),
  /** Delivers an alert, or its recovery, to one channel. The text is in the database. */
  'send-alert': defineJob(1, {
    alertId: z.uuid(),
    channel: z.string(),
    phase: z.enum(['raised', 'recovered']),
  }),
  /** Dumps the database: for the requested backup, or for a new one if no id is given. */
  backup: defineJob(1, { backupId: z.uuid().optional() }),
  /** Restores the latest good backup into a temporary database and compares the two. */
  'verify-backup': defineJob(1, {}),
  /** Deletes data past the configured retention. */
  prune: defineJob(1, {}),
} as const;

export type JobName = keyof typeof jobs;
export type JobPayload<Name extends JobName> = z.infer<(typeof jobs)[Name]['payload']>;

export function isJobName(name: string): name is JobName {
  return Object.hasOwn(jobs, name);
}
