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
import type { OnProgress } from './progress.js';
import { decideRequest, type RequestDecision } from './request-decision.js';
import { type StepQueue, stepsOf } from './steps.js';
import type { GenerationNeeds, RequestState, Store } from './store.js';

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
    assertInWindow(deps, request, date, state);
    try {
      return await carryOut(deps, request, decide(deps, request, state, firstSeen));
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

function assertInWindow(
  { clock, window }: RequestGenerationDeps,
  { character }: GenerationRequest,
  date: Temporal.PlainDate,
  { timeZone }: RequestState,
): void {
  if (timeZone === null) {
    throw new TexasError('character_not_found', `There is no character “${character}”.`, {
      details: { field: 'character' },
    });
  }
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
  request: GenerationRequest,
  decision: RequestDecision,
): Promise<Generation> {
  const { requests } = deps.store;
  switch (decision.kind) {
    case 'repeat':
      return decision.generation;
    case 'join':
      return join(deps, request, decision.needs);
    case 'revive': {
      const needs = await requests.revive(decision.generation, request);
      await enqueue(deps, needs);
      return needs.generation;
    }
    case 'begin': {
      const { newest } = decision;
      const generation = await requests.begin({ ...request, author: deps.author }, newest);
      if (newest && isInFlight(newest.status)) deps.onProgress(newest.id);
      await enqueue(deps, { generation, missingChapters: [] });
      return generation;
    }
  }
}

/** The one in flight is answered again, and its next steps are enqueued in case they got lost. */
async function join(
  deps: RequestGenerationDeps,
  request: GenerationRequest,
  needs: GenerationNeeds,
): Promise<Generation> {
  const { requests } = deps.store;
  const spent = await Promise.all(stepsOf(needs).map((step) => deps.steps.isSpent(step))).catch(
    (error) => {
      sayNotEnqueued(deps, needs.generation, error);
      return null;
    },
  );
  if (spent?.includes(true)) {
    const renewed = await requests.renew(needs.generation.id, request);
    if (renewed) await enqueue(deps, renewed);
    return renewed?.generation ?? needs.generation;
  }
  if (request.idempotency) await requests.remember(needs.generation.id, request);
  if (spent) await enqueue(deps, needs);
  return needs.generation;
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
