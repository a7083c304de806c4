import { TexasError } from '@texas-ai/kernel';
import type { AuthorName } from '../authoring/author.js';
import type { GenerationNeeds, Repositories } from '../store.js';
import type { Generation } from './generation.js';

/** One job of a generation: what is asked of the fleet next. */
export interface Step {
  kind: 'plan-day' | 'write-chapter' | 'publish-day';
  generationId: string;
  run: number;
  /** The chapter's position, for write-chapter alone. */
  chapter?: number;
  author: AuthorName;
  /** A person's days are planned before those of the night. */
  askedBy: Generation['askedBy'];
  requestId: string | null;
}

/**
 * What became of a step's job: it waits, somebody works it, or it has ended and still holds the
 * step's id, so that enqueueing it would do nothing; `none` where the queue knows of no job.
 */
export type JobState = 'waiting' | 'active' | 'ended' | 'none';

export interface StepQueue {
  /** Adds the steps; one whose id is known already is left as it is. Rejects with `queue_unavailable`. */
  enqueue(steps: readonly Step[]): Promise<void>;
  /** In the order of the steps. Rejects with `queue_unavailable`. */
  states(steps: readonly Step[]): Promise<JobState[]>;
}

function planDayStep(generation: Generation): Step {
  return { kind: 'plan-day', ...identityOf(generation) };
}

function chapterSteps(generation: Generation, chapters: readonly number[]): Step[] {
  return chapters.map((chapter) => ({ kind: 'write-chapter', ...identityOf(generation), chapter }));
}

export function publishDayStep(generation: Generation): Step {
  return { kind: 'publish-day', ...identityOf(generation) };
}

/** What a generation in flight needs next; none where it is over. */
export function stepsOf({ generation, missingChapters }: GenerationNeeds): Step[] {
  switch (generation.status) {
    case 'queued':
    case 'planning':
      return [planDayStep(generation)];
    case 'writing':
      return chapterSteps(generation, missingChapters);
    case 'publishing':
      return [publishDayStep(generation)];
    default:
      return [];
  }
}

/** What a generation needs next, from what is stored. */
export async function missingSteps(
  generations: Pick<Repositories['generations'], 'missingChapters'>,
  generation: Generation,
): Promise<Step[]> {
  const missingChapters =
    generation.status === 'writing' ? await generations.missingChapters(generation.id) : [];
  return stepsOf({ generation, missingChapters });
}

function identityOf(generation: Generation) {
  return {
    generationId: generation.id,
    run: generation.run,
    author: generation.author,
    askedBy: generation.askedBy,
    requestId: generation.requestId,
  };
}

/** How often a step may have been begun without anybody hearing of it again. */
const mostUnheardOf = 20;

/**
 * Throws `step_stalled` where a step was begun again and again and nobody lived to say how it went:
 * whatever kills its workers must not go on for ever.
 */
export function assertNotStalled(tries: number): void {
  if (tries <= mostUnheardOf) return;
  throw new TexasError('step_stalled', `The step was begun ${tries} times and never ended.`);
}
