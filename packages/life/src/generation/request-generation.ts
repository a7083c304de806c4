import {
  type Clock,
  type Logger,
  localDate,
  parseDate,
  Temporal,
  TexasError,
} from '@texas-ai/kernel';
import type { AuthorName } from '../authoring/author.js';
import { fallbackAt } from '../schedule/planning.js';
import type { GenerationNeeds, RequestState, Store } from '../store.js';
import { type Generation, isInFlight } from './generation.js';
import type { OnProgress } from './progress.js';
import { decideRequest, type RequestDecision } from './request-decision.js';
import { type StepQueue, stepsOf } from './steps.js';

export interface RequestGenerationDeps {
  store: { requests: Store['requests'] };
  steps: StepQueue;
  clock: Clock;
  logger: Logger;
  onProgress: OnProgress;
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
  askedBy: Generation['askedBy'];
  /** A blind repeat of the caller with the same key gets the generation of the first answer. */
  idempotency: { caller: string; key: string } | null;
  requestId: string | null;
}

/**
 * Asks for a day. The request is accepted once the generation's row is committed; a queue that
 * is away delays it and does not refuse it. It looks once and writes at most once; whoever finds that
 * another was quicker looks again.
 * Throws `character_not_found`, `date_out_of_window`, `invalid_request`, `storage_unavailable`.
 */
export async function requestGeneration(
  deps: RequestGenerationDeps,
  request: GenerationRequest,
): Promise<Generation> {
  const date = parseDate(request.date);
  if (!date) {
    throw new TexasError('invalid_request', 'The date must exist and be written YYYY-MM-DD.', {
      details: { field: 'date' },
    });
  }
  let firstSeen: RequestState | null = null;
  for (let round = 1; ; round++) {
    const state = await deps.store.requests.look(request);
    firstSeen ??= state;
    const character = knownCharacter(request, state);
    assertInWindow(deps, date, character);
    const late = latest(deps, request, character);
    try {
      return await carryOut(deps, request, decide(deps, request, state, firstSeen), late);
    } catch (error) {
      const overtaken = error instanceof TexasError && error.code === 'storage_conflict';
      if (!overtaken || round === mostRounds) throw error;
    }
  }
}

const mostRounds = 3;

/** One that was begun since the request came is fresh enough: two who ask at once do not fight. */
function decide(
  { author }: RequestGenerationDeps,
  request: GenerationRequest,
  state: RequestState,
  firstSeen: RequestState,
): RequestDecision {
  const begunSince = ordinalOf(state) > ordinalOf(firstSeen);
  return decideRequest(state, request, { author, begunSince });
}

function ordinalOf({ newest }: RequestState): number {
  return newest?.generation.ordinal ?? 0;
}

type KnownCharacter = NonNullable<RequestState['character']>;

function knownCharacter(
  { character: id }: GenerationRequest,
  { character }: RequestState,
): KnownCharacter {
  if (character) return character;
  throw new TexasError('character_not_found', `There is no character “${id}”.`, {
    details: { field: 'character' },
  });
}

function assertInWindow(
  { clock, window }: RequestGenerationDeps,
  date: Temporal.PlainDate,
  { timeZone }: KnownCharacter,
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

/** Until when its author may rest; null for the one who never does. */
function latest(
  { author, clock }: RequestGenerationDeps,
  { date }: GenerationRequest,
  character: KnownCharacter,
): Temporal.Instant | null {
  if (author === 'offline') return null;
  return fallbackAt(clock.now(), date, character);
}

async function carryOut(
  deps: RequestGenerationDeps,
  request: GenerationRequest,
  decision: RequestDecision,
  late: Temporal.Instant | null,
): Promise<Generation> {
  const { requests } = deps.store;
  switch (decision.kind) {
    case 'repeat':
      return decision.generation;
    case 'join':
      return join(deps, request, decision.needs);
    case 'revive': {
      const needs = await requests.revive(decision.generation, request, late);
      await enqueue(deps, needs);
      return needs.generation;
    }
    case 'begin': {
      const { newest } = decision;
      const generation = await requests.begin(
        { ...request, author: deps.author, fallbackAt: late },
        newest,
      );
      if (newest && isInFlight(newest.status)) deps.onProgress(newest.id);
      await enqueue(deps, { generation, missingChapters: [] });
      return generation;
    }
  }
}

/** The one in flight is answered again; steps of it that got lost are enqueued where nobody can be at them. */
async function join(
  deps: RequestGenerationDeps,
  request: GenerationRequest,
  needs: GenerationNeeds,
): Promise<Generation> {
  const { requests } = deps.store;
  const states = await deps.steps.states(stepsOf(needs)).catch((error) => {
    sayNotEnqueued(deps, needs.generation, error);
    return null;
  });
  // Where one is being worked, only it knows what follows; what is lost besides is found later.
  if (states?.includes('ended') && !states.includes('active')) {
    const renewed = await requests.renew(needs.generation.id, request);
    if (renewed) await enqueue(deps, renewed);
    return renewed?.generation ?? needs.generation;
  }
  const isNews = request.idempotency || request.askedBy !== needs.generation.askedBy;
  if (isNews) await requests.join(needs.generation.id, request);
  if (states && !mayBePaidFor(needs.generation)) await enqueue(deps, needs);
  return needs.generation;
}

/**
 * After Redis was wiped no job tells of a call that is at its author still: begun again, it would be
 * paid for twice. Such steps are left to whoever looks for what nobody touches any more.
 */
function mayBePaidFor({ status }: Generation): boolean {
  return status === 'planning' || status === 'writing';
}

async function enqueue(deps: RequestGenerationDeps, needs: GenerationNeeds): Promise<void> {
  try {
    await deps.steps.enqueue(stepsOf(needs));
  } catch (error) {
    sayNotEnqueued(deps, needs.generation, error);
  }
}

function sayNotEnqueued({ logger }: RequestGenerationDeps, { id }: Generation, error: unknown) {
  logger.warn('generation accepted but not enqueued', { generationId: id, error });
}
