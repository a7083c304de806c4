import {
  type Clock,
  type Logger,
  localDate,
  parseDate,
  Temporal,
  TexasError,
} from '@texas-ai/kernel';
import type { AuthorName } from './author.js';
import { type Generation, isInFlight } from './generation.js';
import { resumeGeneration } from './resume-generation.js';
import type { StepQueue } from './steps.js';
import type { Repositories, Store } from './store.js';

export interface RequestGenerationDeps {
  store: Store;
  steps: StepQueue;
  clock: Clock;
  logger: Logger;
  /** Who writes new generations. */
  author: AuthorName;
  /** How far from the character's today a date may lie, in days. */
  window: { daysBack: number; daysAhead: number };
}

export interface GenerationRequest {
  character: string;
  /** Local calendar date, `YYYY-MM-DD`. */
  date: string;
  /** Cancels the one in flight and begins another. */
  fresh: boolean;
  /** A blind repeat with the same key gets the generation of the first answer. */
  idempotencyKey: string | null;
  requestId: string | null;
}

/**
 * Asks for a day. The request is accepted once the generation's row is committed; a queue that
 * is away delays it and does not refuse it. One in flight is answered again and its missing steps
 * enqueued, a failed one goes on where it stopped, after a published or cancelled one another begins.
 * Throws `character_not_found`, `date_out_of_window`, `invalid_request`, `storage_unavailable`.
 */
export async function requestGeneration(
  deps: RequestGenerationDeps,
  request: GenerationRequest,
): Promise<Generation> {
  await assertInWindow(deps, request);
  const { generation, repeated } = await accept(deps, request);
  if (!repeated) await enqueue(deps, generation);
  return generation;
}

async function assertInWindow(deps: RequestGenerationDeps, request: GenerationRequest) {
  const profile = await deps.store.characters.find(request.character);
  if (!profile) {
    throw new TexasError('character_not_found', `There is no character “${request.character}”.`, {
      details: { field: 'character' },
    });
  }
  const date = parseDate(request.date);
  if (!date) {
    throw new TexasError('invalid_request', 'The date must exist and be written YYYY-MM-DD.', {
      details: { field: 'date' },
    });
  }
  const today = localDate(deps.clock.now(), profile.timeZone);
  const first = today.subtract({ days: deps.window.daysBack });
  const last = today.add({ days: deps.window.daysAhead });
  if (Temporal.PlainDate.compare(date, first) < 0 || Temporal.PlainDate.compare(date, last) > 0) {
    throw new TexasError('date_out_of_window', `The date must lie between ${first} and ${last}.`, {
      details: { field: 'date', from: first.toString(), to: last.toString() },
    });
  }
}

interface Accepted {
  generation: Generation;
  /** A blind repeat: nothing is enqueued for it. */
  repeated: boolean;
}

async function accept(deps: RequestGenerationDeps, request: GenerationRequest): Promise<Accepted> {
  // Whoever loses the race for the one place in flight finds the winner's row on the second round.
  for (let round = 1; ; round++) {
    try {
      return await deps.store.transaction((repositories) => decide(deps, repositories, request));
    } catch (error) {
      const lost = error instanceof TexasError && error.code === 'storage_conflict';
      if (!lost || round === 3) throw error;
    }
  }
}

async function decide(
  deps: RequestGenerationDeps,
  { generations, idempotency }: Repositories,
  request: GenerationRequest,
): Promise<Accepted> {
  const key = request.idempotencyKey;
  const first = key === null ? null : await idempotency.find(key);
  const answered = first === null ? null : await generations.find(first);
  if (answered) {
    if (answered.character !== request.character || answered.date !== request.date) {
      throw new TexasError(
        'invalid_request',
        'This Idempotency-Key was used for another character or date.',
        { details: { field: 'Idempotency-Key' } },
      );
    }
    return { generation: answered, repeated: true };
  }
  const generation = await choose(deps, generations, request);
  if (key !== null) await idempotency.remember(key, generation.id);
  return { generation, repeated: false };
}

async function choose(
  deps: RequestGenerationDeps,
  generations: Repositories['generations'],
  { character, date, fresh, requestId }: GenerationRequest,
): Promise<Generation> {
  const newest = await generations.lockNewest(character, date);
  if (newest && !fresh) {
    if (isInFlight(newest.status)) return newest;
    // Another author does not go on with what this one began: a day has one hand.
    if (newest.status === 'failed' && newest.author === deps.author) {
      return generations.revive(newest.id);
    }
  }
  if (newest && isInFlight(newest.status)) await generations.cancel(newest.id);
  return generations.insert({ character, date, author: deps.author, requestId });
}

async function enqueue(deps: RequestGenerationDeps, generation: Generation): Promise<void> {
  try {
    await resumeGeneration(deps, generation);
  } catch (error) {
    deps.logger.warn('generation accepted but not enqueued', {
      generationId: generation.id,
      error,
    });
  }
}
