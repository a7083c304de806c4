import { type Clock, type Logger, localDate, Temporal, TexasError } from '@texas-ai/kernel';
import type { AuthorName } from '../authoring/author.js';
import { fallbackAt } from '../schedule/planning-time.js';
import type { Store } from '../store.js';
import { type Generation, isInFlight } from './generation.js';
import type { OnProgress } from './progress.js';
import { decideRequest, type RequestDecision } from './request-decision.js';
import type { RequestState, StoredRequest } from './request-repository.js';
import { enqueueNext, type GenerationNeeds, type StepQueue, stepsOf } from './steps.js';

export interface RequestGenerationDeps {
  store: Pick<Store, 'requests'>;
  steps: StepQueue;
  clock: Clock;
  logger: Logger;
  onProgress: OnProgress;
  /** The author of new generations. */
  author: AuthorName;
  /** How far a date may be from the character's today, in days. */
  window: { daysBack: number; daysAhead: number };
}

/**
 * Asks for a day. The request is accepted once the generation's row is committed; an outage of the queue
 * delays the day, but does not refuse it. State is read once and written at most once; if another
 * request changed it in between, it is read again.
 * Throws `character_not_found`, `date_out_of_window`, `invalid_request`, `storage_unavailable`.
 */
export async function requestGeneration(
  deps: RequestGenerationDeps,
  request: StoredRequest,
): Promise<Generation> {
  let firstRead: RequestState | null = null;
  for (let attempt = 1; ; attempt++) {
    const state = await deps.store.requests.read(request);
    firstRead ??= state;
    const character = existing(request, state);
    assertInWindow(deps, request.date, character);
    try {
      return await carryOut(deps, request, decide(deps, request, state, firstRead), character);
    } catch (error) {
      const overtaken = error instanceof TexasError && error.code === 'storage_conflict';
      if (!overtaken || attempt === maxAttempts) throw error;
    }
  }
}

const maxAttempts = 3;

/** A generation that began after the request arrived is fresh enough, so that concurrent requests agree on one. */
function decide(
  { author }: RequestGenerationDeps,
  request: StoredRequest,
  state: RequestState,
  firstRead: RequestState,
): RequestDecision {
  const begunSince = ordinalOf(state) > ordinalOf(firstRead);
  return decideRequest(state, request, { author, begunSince });
}

function ordinalOf({ newest }: RequestState): number {
  return newest?.generation.ordinal ?? 0;
}

type ExistingCharacter = NonNullable<RequestState['character']>;

function existing(
  { character: id }: StoredRequest,
  { character }: RequestState,
): ExistingCharacter {
  if (character) return character;
  throw new TexasError('character_not_found', `There is no character “${id}”.`, {
    details: { field: 'character' },
  });
}

function assertInWindow(
  { clock, window }: RequestGenerationDeps,
  date: Temporal.PlainDate,
  { timeZone }: ExistingCharacter,
): void {
  const today = localDate(clock.now(), timeZone);
  const first = today.subtract({ days: window.daysBack });
  const last = today.add({ days: window.daysAhead });
  if (Temporal.PlainDate.compare(date, first) < 0 || Temporal.PlainDate.compare(date, last) > 0) {
    throw new TexasError('date_out_of_window', `The date must lie between ${first} and ${last}.`, {
      details: { field: 'date', from: first.toString(), to: last.toString() },
    });
  }
}

async function carryOut(
  deps: RequestGenerationDeps,
  request: StoredRequest,
  decision: RequestDecision,
  character: ExistingCharacter,
): Promise<Generation> {
  const { clock, author } = deps;
  const { requests } = deps.store;
  const deadline = author === 'offline' ? null : fallbackAt(clock.now(), request.date, character);
  switch (decision.kind) {
    case 'repeat':
      return decision.generation;
    case 'join':
      return join(deps, request, decision.needs);
    case 'resume':
      return enqueue(deps, await requests.resumeFailed(decision.generation, request, deadline));
    case 'begin': {
      const { newest } = decision;
      const needs = await requests.begin({ ...request, author, fallbackAt: deadline }, newest);
      if (newest && isInFlight(newest.status)) deps.onProgress(newest.id);
      return enqueue(deps, needs);
    }
  }
}

/** Joins a generation in flight; steps whose jobs were lost are enqueued if no worker can be running them. */
async function join(
  deps: RequestGenerationDeps,
  request: StoredRequest,
  needs: GenerationNeeds,
): Promise<Generation> {
  const { generation } = needs;
  const { requests } = deps.store;
  const states = await deps.steps.states(stepsOf(needs)).catch((error) => {
    logNotEnqueued(deps, generation, error);
    return null;
  });
  // While a step is active, it enqueues what follows; other lost jobs are recovered later.
  if (states?.includes('ended') && !states.includes('active')) {
    const restarted = await requests.restartRun(generation.id, request);
    return restarted ? enqueue(deps, restarted) : generation;
  }
  if (request.idempotency || request.askedBy !== generation.askedBy) {
    await requests.join(generation.id, request);
  }
  return states && !mayHaveCallInFlight(generation) ? enqueue(deps, needs) : generation;
}

/**
 * After Redis was wiped, no job shows that a call is still in flight; repeating it would be paid for twice.
 * Such steps are left to `recoverStalled`.
 */
function mayHaveCallInFlight({ status }: Generation): boolean {
  return status === 'planning' || status === 'writing';
}

async function enqueue(deps: RequestGenerationDeps, needs: GenerationNeeds): Promise<Generation> {
  await enqueueNext(deps.steps, needs).catch((error) => {
    logNotEnqueued(deps, needs.generation, error);
  });
  return needs.generation;
}

function logNotEnqueued({ logger }: RequestGenerationDeps, { id }: Generation, error: unknown) {
  logger.warn('generation accepted but not enqueued', { generationId: id, error });
}
