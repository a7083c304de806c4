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
  /** Calls of the whole generation if none has to be repeated. */
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
 * `author_invalid_output` with the problems if the second answer is no better, and what the author or
 * the meter throws.
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
    const recorded = { ...call, maxCalls: maxCallsOf(plannedCalls) };
    const answer = await meteredCall(deps, recorded, signal, (context) =>
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

/** The maximum of tries of a step. */
export const triesPerStep = 4;

/**
 * The maximum of billed calls of a generation, a safety limit: its planned calls times the tries, times two
 * for repeated questions.
 */
export function maxCallsOf(plannedCalls: number): number {
  return plannedCalls * triesPerStep * 2;
}
