import { asTexasError, type Clock, type TexasError } from '@texas-ai/kernel';
import { triesPerStep } from '../authoring/ask-author.js';
import type { Author, AuthorName, Authors } from '../authoring/author.js';
import { isProbed, policyOf } from '../authoring/author-failures.js';
import { type AuthorHold, holdOf, whoRests } from '../authoring/cooldowns.js';
import type { StepRow, Store } from '../store.js';
import type { Generation } from './generation.js';
import { isLastTry, kindOf, restMs, retryDelayMs } from './retry.js';
import { type StepQueue, stepsOf } from './steps.js';

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
    /** How often an author is probed that only a person can bring back. */
    probeMs: number;
  };
}

/** What becomes of a step that failed. */
export type Settlement =
  /** Tried again; it cost a try. */
  | { kind: 'again'; delayMs: number; failures: number }
  /** Given back for any worker; it cost nothing. */
  | { kind: 'handed-back'; delayMs: number }
  /** Its author rests: for all workers, or for those with the same key and model. It cost nothing. */
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
  const policy = policyOf(failure.code);
  if (!isLastTry(kind, failures, policy?.maxTries)) {
    const firstMs = timing.retryMs * (policy?.patience ?? 1);
    return { kind: 'again', delayMs: retryDelayMs(failures, random, firstMs), failures };
  }
  if (isProbed(failure.code)) await hold(deps, step, failure);
  return giveUp(deps, step, failure);
}

const unusable = {
  code: 'author_invalid_output',
  message: "The author's answers were unusable, and it may not be asked again for now.",
} as const;

/** Begins the cooldown of the author whose call failed so. */
async function hold(
  { store, authors, clock, random, timing }: StepFailureDeps,
  { generationId }: FailedStep,
  failure: TexasError,
): Promise<Settlement> {
  const now = clock.now();
  const code = cooldownCode(failure);
  const ms = isProbed(code) ? timing.probeMs : restMs(failure.details.retryAfterMs, random);
  const by = whoRests(code, ms);
  const generation = await store.generations.find(generationId);
  const author = generation && authorOf(authors, generation.author);
  if (!author || author.fingerprint === null || failure.code === 'author_held') {
    return { kind: 'held', ms, by, began: false };
  }
  const until = now.add({ milliseconds: ms });
  const { fingerprint } = author;
  const hold = holdOf({ ...author, fingerprint }, code, { reason: failure.message, until });
  return { kind: 'held', ms, by, began: await store.holds.put(hold) };
}

/** Of a call that was not made because of a cooldown it is that one's. */
function cooldownCode({ code, details }: TexasError): AuthorHold['code'] {
  const met = code === 'author_held' ? details.code : code;
  return isProbed(met) ? met : 'author_rate_limited';
}

/** Null where this process cannot ask it. */
function authorOf(authors: Authors, name: AuthorName): Author | null {
  try {
    return authors(name);
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
    const needs = await store.generations.fallBack(generationId, run, code, message);
    if (needs) {
      // What cannot be enqueued now is found by the reconciler.
      await steps.enqueue(stepsOf(needs)).catch(() => undefined);
      return { kind: 'fell-back', generation: needs.generation };
    }
  }
  const failed = await store.generations.fail(generationId, run, code, message);
  return { kind: 'failed', generation: failed };
}
