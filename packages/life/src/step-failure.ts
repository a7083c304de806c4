import { asTexasError, type Clock, type TexasError } from '@texas-ai/kernel';
import { triesPerStep } from './ask-author.js';
import type { Author, Authors } from './author.js';
import type { Generation } from './generation.js';
import { type AuthorHold, whoRests } from './holds.js';
import { isLastTry, kindOf, restMs, retryDelayMs } from './retry.js';
import { type StepQueue, stepsOf } from './steps.js';
import type { StepRow, Store } from './store.js';

export interface FailedStep extends StepRow {
  /** Null where it cannot be told: then any run of the generation fails. */
  run: number | null;
}

export interface GiveUpDeps {
  store: Pick<Store, 'generations'>;
  steps: StepQueue;
  /** Who finishes what its own author cannot. */
  fallback: 'offline' | 'none';
}

export interface StepFailureDeps extends GiveUpDeps {
  store: Pick<Store, 'generations' | 'holds'>;
  authors: Authors;
  clock: Clock;
  /** In 0-1. */
  random: () => number;
  timing: {
    /** The wait after a first failure, in milliseconds. */
    retryMs: number;
    /** The wait after a failure that is nobody's fault. */
    retryStorageMs: number;
    /** How often a key that was refused is tried. */
    probeMs: number;
  };
}

/** What becomes of a step that failed. */
export type Settlement =
  /** Tried again; it cost a try. */
  | { kind: 'again'; delayMs: number; failures: number }
  /** Given back for any worker; it cost nothing. */
  | { kind: 'handed-back'; delayMs: number }
  /** Its author rests: for all workers, or for those with the same key. It cost nothing. */
  | { kind: 'held'; ms: number; by: 'all' | 'key'; began: boolean }
  | GivenUp;

export type GivenUp =
  /** The offline author goes on with the generation. */
  | { kind: 'fell-back'; generation: Generation }
  /** Given up; null where its generation was over already or is none. */
  | { kind: 'failed'; generation: Generation | null };

/**
 * Decides on a step that failed, by the retry policy, and stores what follows. Failures that count
 * are counted in the step's row. Rejects with `storage_unavailable`.
 */
export async function settleFailure(
  deps: StepFailureDeps,
  step: FailedStep,
  error: unknown,
): Promise<Settlement> {
  const { store, timing, random } = deps;
  const failure = asTexasError(error);
  const kind = kindOf(failure);
  if (kind === 'free') {
    // Where storage is what failed, the try stays unheard of, as if the worker had died.
    await store.generations.endTry(step, step.run, false).catch(() => undefined);
    const delayMs = failure.code === 'aborted' ? 0 : timing.retryStorageMs;
    return { kind: 'handed-back', delayMs };
  }
  const counts = kind !== 'held' || failure.details.badAnswer === true;
  const failures = await store.generations.endTry(step, step.run, counts);
  if (kind === 'held') {
    const settlement = await hold(deps, step, failure);
    return failures < triesPerStep ? settlement : giveUp(deps, step, unusable);
  }
  if (!isLastTry(kind, failures)) {
    return { kind: 'again', delayMs: retryDelayMs(failures, random, timing.retryMs), failures };
  }
  if (failure.code === 'author_unauthorized') await hold(deps, step, failure);
  return giveUp(deps, step, failure);
}

const unusable = {
  code: 'author_invalid_output',
  message: "The author's answers were unusable, and it may not be asked again for now.",
} as const;

/** Holds the author whose call failed so, by its key. */
async function hold(
  { store, authors, clock, random, timing }: StepFailureDeps,
  step: FailedStep,
  failure: TexasError,
): Promise<Settlement> {
  const now = clock.now();
  const met = failure.code === 'author_held' ? failure.details.code : failure.code;
  const code: AuthorHold['code'] = met === 'author_unauthorized' ? met : 'author_rate_limited';
  const named = failure.details.retryAfterMs;
  const ms = code === 'author_unauthorized' ? timing.probeMs : restMs(named, random);
  const by = whoRests(code, ms);
  const author = await authorOf(store, authors, step);
  const fingerprint = author?.fingerprint ?? null;
  if (!author || fingerprint === null || failure.code === 'author_held') {
    return { kind: 'held', ms, by, began: false };
  }
  const until = now.add({ milliseconds: ms });
  const hold = { author: author.name, fingerprint, code, reason: failure.message, until };
  return { kind: 'held', ms, by, began: await store.holds.put(hold) };
}

/** Null where the generation is gone, or this process cannot ask its author. */
async function authorOf(
  store: StepFailureDeps['store'],
  authors: Authors,
  { generationId }: FailedStep,
): Promise<Author | null> {
  const generation = await store.generations.find(generationId);
  try {
    return generation && authors(generation.author);
  } catch {
    return null;
  }
}

/** The offline author goes on with the generation, or it fails with these words. */
export async function giveUp(
  { store, steps, fallback }: GiveUpDeps,
  { generationId, run }: Pick<FailedStep, 'generationId' | 'run'>,
  { code, message }: Pick<TexasError, 'code' | 'message'>,
): Promise<GivenUp> {
  if (fallback === 'offline') {
    const needs = await store.generations.fallBack(generationId, run, code);
    if (needs) {
      // What cannot be enqueued now is found by the reconciler.
      await steps.enqueue(stepsOf(needs)).catch(() => undefined);
      return { kind: 'fell-back', generation: needs.generation };
    }
  }
  const failed = await store.generations.fail(generationId, run, code, message);
  return { kind: 'failed', generation: failed };
}
