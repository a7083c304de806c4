import { asTexasError, type Clock, type TexasError } from '@texas-ai/kernel';
import { triesPerStep } from '../authoring/ask-author.js';
import type { Author, AuthorName, Authors } from '../authoring/author.js';
import { isProbed, policyOf } from '../authoring/author-failures.js';
import { type Cooldown, cooldownFor, queuePauseScope } from '../authoring/cooldowns.js';
import type { Store } from '../store.js';
import type { StepRow } from './checkpoint-repository.js';
import type { Generation } from './generation.js';
import type { FailureReason } from './generation-repository.js';
import { cooldownMs, failureKind, isLastTry, retryDelayMs } from './retry-policy.js';
import { enqueueNext, type StepQueue } from './steps.js';

export interface FailedStep extends StepRow {
  /** Null if unknown: then the failure applies to any run of the generation. */
  run: number | null;
}

export interface GiveUpDeps {
  store: Pick<Store, 'generations'>;
  steps: StepQueue;
  /** The author that finishes generations whose own author cannot. */
  fallback: 'offline' | 'none';
}

export interface FailureDeps extends GiveUpDeps {
  store: Pick<Store, 'generations' | 'checkpoints' | 'cooldowns'>;
  authors: Authors;
  clock: Clock;
  /** In 0-1. */
  random: () => number;
  timing: {
    /** The wait after a first failure, in milliseconds. */
    retryMs: number;
    /** The wait after an outage of storage or queue. */
    retryStorageMs: number;
    /** The time between two probes of an author whose cooldown only an operator can end. */
    probeMs: number;
  };
}

/** What happens to a failed job. */
export type FailureOutcome =
  /** It is retried after the delay, at the cost of a try. */
  | { kind: 'again'; delayMs: number; failures: number }
  /** It goes back to its queue for any worker, at no cost. */
  | { kind: 'handed-back'; delayMs: number }
  /**
   * Its author is in a cooldown, for all workers or for those with the same key or model. It goes back
   * to its queue at no cost.
   */
  | { kind: 'held'; ms: number; by: 'all' | 'key'; began: boolean }
  | GivenUp;

export type GivenUp =
  /** The offline author continues the generation. */
  | { kind: 'fell-back'; generation: Generation }
  /** It is not retried. Null if there is no such generation, or it is already over. */
  | { kind: 'failed'; generation: Generation | null };

/**
 * Decides by the retry policy what happens to a failed step, and stores the decision. Failures that cost
 * a try are counted in the step's row. Rejects with `storage_unavailable`.
 */
export async function handleFailure(
  deps: FailureDeps,
  step: FailedStep,
  error: unknown,
): Promise<FailureOutcome> {
  const { store, timing, random } = deps;
  const failure = asTexasError(error);
  const kind = failureKind(failure);
  if (kind === 'free') {
    // If storage is unavailable, the try stays open, as after a worker crash.
    await store.checkpoints.endTry(step, step.run, false).catch(() => undefined);
    const delayMs = failure.code === 'aborted' ? 0 : timing.retryStorageMs;
    return { kind: 'handed-back', delayMs };
  }
  const counts = kind !== 'cooldown' || failure.details.badAnswer === true;
  const failures = await store.checkpoints.endTry(step, step.run, counts);
  if (kind === 'cooldown') {
    const outcome = await beginCooldown(deps, step, failure);
    return failures < triesPerStep ? outcome : giveUp(deps, step, unusable);
  }
  const policy = policyOf(failure.code);
  if (!isLastTry(kind, failures, policy?.maxTries)) {
    const firstMs = timing.retryMs * (policy?.patience ?? 1);
    return { kind: 'again', delayMs: retryDelayMs(failures, random, firstMs), failures };
  }
  if (isProbed(failure.code)) await beginCooldown(deps, step, failure);
  return giveUp(deps, step, failure);
}

const unusable = {
  code: 'author_invalid_output',
  message: "The author's answers were unusable, and it cannot be called for now.",
} as const;

/** Begins the cooldown that the failure of this step's author calls for. */
async function beginCooldown(
  { store, authors, clock, random, timing }: FailureDeps,
  { generationId }: FailedStep,
  failure: TexasError,
): Promise<FailureOutcome> {
  const code = cooldownCode(failure);
  const ms = isProbed(code) ? timing.probeMs : cooldownMs(failure.details.retryAfterMs, random);
  const by = queuePauseScope(code, ms);
  const generation = await store.generations.find(generationId);
  const author = generation && authorOf(authors, generation.author);
  if (!author || author.fingerprint === null || failure.code === 'author_held') {
    return { kind: 'held', ms, by, began: false };
  }
  const until = clock.now().add({ milliseconds: ms });
  const { fingerprint } = author;
  const cooldown = cooldownFor({ ...author, fingerprint }, code, {
    reason: failure.message,
    until,
  });
  return { kind: 'held', ms, by, began: await store.cooldowns.begin(cooldown) };
}

/** A call that a cooldown prevented has the code of that cooldown in its details. */
function cooldownCode({ code, details }: TexasError): Cooldown['code'] {
  const cause = code === 'author_held' ? details.code : code;
  return isProbed(cause) ? cause : 'author_rate_limited';
}

/** Null if this process cannot call it. */
function authorOf(authors: Authors, name: AuthorName): Author | null {
  try {
    return authors(name);
  } catch {
    return null;
  }
}

/** Hands the generation to the offline author, or fails it with this reason. */
export async function giveUp(
  { store, steps, fallback }: GiveUpDeps,
  { generationId, run }: Pick<FailedStep, 'generationId' | 'run'>,
  { code, message }: FailureReason,
): Promise<GivenUp> {
  const reason = { code, message };
  if (fallback === 'offline') {
    const needs = await store.generations.fallBack(generationId, run, reason);
    if (needs) {
      // The reconciler enqueues what cannot be enqueued now.
      await enqueueNext(steps, needs).catch(() => undefined);
      return { kind: 'fell-back', generation: needs.generation };
    }
  }
  const generation = await store.generations.fail(generationId, run, reason);
  return { kind: 'failed', generation };
}
