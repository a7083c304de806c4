import { asTexasError, TexasError } from '@texas-ai/kernel';
import type { Generation } from '../generation/generation.js';
import type { CallStep } from '../spending/ledger.js';
import type { Store } from '../store.js';
import type { Author, AuthorCall } from './author.js';
import { type MeteredCallDeps, meteredCall } from './metered-call.js';

export interface AskAuthorDeps extends MeteredCallDeps {
  store: Pick<Store, 'generations'>;
  /** How often the generation is touched while its author works, in milliseconds. */
  heartbeatMs: number;
}

/** A task for an author, and the check of its answer. */
export interface AuthorTask<T> {
  generation: Generation;
  step: Exclude<CallStep, 'probe'>;
  chapter: number | null;
  author: Author;
  /** The calls of the whole generation, without retries. */
  plannedCalls: number;
  ask(call: AuthorCall): Promise<unknown>;
  check(answer: unknown): Checked<T>;
}

/** A checked answer: its value, or its problems, one sentence each. */
export type Checked<T> =
  | { value: T; problems?: never }
  | { value?: never; problems: readonly string[] };

/**
 * Asks, checks, and asks once more with the problems quoted if the answer is unusable. Every call that
 * may be billed is metered; a heartbeat touches the generation meanwhile. Throws
 * `author_invalid_output` with the problems if the second answer is unusable too, and the errors of the
 * author and the meter.
 */
export async function askAuthor<T>(
  deps: AskAuthorDeps,
  task: AuthorTask<T>,
  signal: AbortSignal,
): Promise<T> {
  const { id, run } = task.generation;
  const heartbeat = setInterval(() => {
    // The next beat makes up for a missed one.
    deps.store.generations.touch(id, run).catch(() => undefined);
  }, deps.heartbeatMs);
  try {
    const first = await attempt(deps, task, signal, []);
    if (!first.problems) return first.value;
    const second = await attempt(deps, task, signal, first.problems).catch((error) => {
      throw withBadAnswer(error);
    });
    if (!second.problems) return second.value;
    throw new TexasError(
      'author_invalid_output',
      `The author's answer was unusable twice: ${second.problems.slice(0, 3).join(' ')}`,
      { details: { problems: second.problems.slice(0, 20) } },
    );
  } finally {
    clearInterval(heartbeat);
  }
}

async function attempt<T>(
  deps: AskAuthorDeps,
  { ask, check, plannedCalls, ...call }: AuthorTask<T>,
  signal: AbortSignal,
  problems: readonly string[],
): Promise<Checked<T>> {
  try {
    const request = { ...call, maxCalls: maxCallsOf(plannedCalls) };
    const answer = await meteredCall(deps, request, signal, (context) =>
      ask({ ...context, problems }),
    );
    return check(answer);
  } catch (error) {
    if (error instanceof TexasError && error.code === 'author_invalid_output') {
      return { problems: [error.message] };
    }
    throw error;
  }
}

/** An unusable answer counts as a failure, even if the author cannot be asked again. */
function withBadAnswer(error: unknown): TexasError {
  const { code, message, details } = asTexasError(error);
  return new TexasError(code, message, { details: { ...details, badAnswer: true }, cause: error });
}

/** The maximum number of tries per step. */
export const triesPerStep = 4;

/**
 * The maximum number of billed calls per generation, a safety limit: planned calls, times tries, times two
 * because each try may ask twice.
 */
export function maxCallsOf(plannedCalls: number): number {
  return plannedCalls * triesPerStep * 2;
}
