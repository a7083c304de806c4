import type { AuthorName } from '../authoring/author.js';
import type { Generation } from './generation.js';

/** A generation and what it needs next. */
export interface GenerationNeeds {
  generation: Generation;
  /** Positions of the chapters to be written, in order; only while its status is `writing`. */
  missingChapters: number[];
}

/** One job of a generation. */
export interface Step {
  kind: 'plan-day' | 'write-chapter' | 'publish-day';
  generationId: string;
  run: number;
  /** The chapter's position; only for write-chapter. */
  chapter?: number;
  author: AuthorName;
  /** Plans that people request come before those of the schedule. */
  askedBy: Generation['askedBy'];
  requestId: string | null;
}

/**
 * The state of a step's job. An `ended` job still occupies the step's id, so that enqueueing the step
 * again would do nothing; `none` means that there is no such job in the queue.
 */
export type JobState = 'waiting' | 'active' | 'ended' | 'none';

export interface StepQueue {
  /** Adds the steps; ids already in the queue are ignored. Rejects with `queue_unavailable`. */
  enqueue(steps: readonly Step[]): Promise<void>;
  /** In the order of the steps. Rejects with `queue_unavailable`. */
  states(steps: readonly Step[]): Promise<JobState[]>;
}

/** The next steps of a generation in flight; none if it is over. */
export function stepsOf({ generation, missingChapters }: GenerationNeeds): Step[] {
  const { id: generationId, run, author, askedBy, requestId } = generation;
  const step = { generationId, run, author, askedBy, requestId };
  switch (generation.status) {
    case 'queued':
    case 'planning':
      return [{ kind: 'plan-day', ...step }];
    case 'writing':
      return missingChapters.map((chapter) => ({ kind: 'write-chapter', ...step, chapter }));
    case 'publishing':
      return [{ kind: 'publish-day', ...step }];
    default:
      return [];
  }
}

/**
 * Enqueues what these generations need next: the only way from one step to the following ones. Rejects
 * with `queue_unavailable`; the reconciler then enqueues them later.
 */
export async function enqueueNext(
  queue: Pick<StepQueue, 'enqueue'>,
  ...needs: readonly (GenerationNeeds | null)[]
): Promise<void> {
  const steps = needs.flatMap((each) => (each ? stepsOf(each) : []));
  if (steps.length > 0) await queue.enqueue(steps);
}
