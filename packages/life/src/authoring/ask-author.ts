import { asTexasError, TexasError } from '@texas-ai/kernel';
import type { Generation } from '../generation/generation.js';
import type { CallStep } from '../spending/ledger.js';
import type { Repositories } from '../store.js';
import type { Author, AuthorCall } from './author.js';
import { type MeteredCallDeps, meteredCall } from './metered-call.js';

export interface AskAuthorDeps extends MeteredCallDeps {
  store: { generations: Pick<Repositories['generations'], 'touch'> };
  /** How often the row of a generation is touched while its author works, in milliseconds. */
  heartbeatMs: number;
}

/** For what an author is asked. */
export interface AuthorTask {
  generation: Generation;
  step: CallStep;
  chapter: number | null;
  author: Author;
  /** Calls that an undisturbed course of the whole generation takes. */
  plannedCalls: number;
}

/** An answer that was checked: usable, or what is wrong with it, one plain sentence each. */
export type Checked<T> =
  | { value: T; problems?: never }
  | { value?: never; problems: readonly string[] };

/**
 * Asks, checks, and where the answer is unusable asks once more, quoting what was wrong. Every call
 * that may be billed is metered; while the author works a heartbeat touches the generation. Throws
 * `author_invalid_output` with the problems when the second answer is no better, and whatever the
 * author or the meter throws.
 */
export async function askAuthor<T>(
  deps: AskAuthorDeps,
  task: AuthorTask,
  signal: AbortSignal,
  ask: (call: AuthorCall) => Promise<unknown>,
  check: (answer: unknown) => Checked<T>,
): Promise<T> {
  const { plannedCalls, ...call } = task;
  const { id, run } = task.generation;
  const heartbeat = setInterval(() => {
    // A missed beat is made up by the next one.
    deps.store.generations.touch(id, run).catch(() => undefined);
  }, deps.heartbeatMs);
  const recorded = { ...call, mostCalls: mostCallsOf(plannedCalls) };
  const attempt = (problems: readonly string[]) =>
    checked(
      () => meteredCall(deps, recorded, signal, (context) => ask({ ...context, problems })),
      check,
    );
  try {
    const first = await attempt([]);
    if ('value' in first) return first.value;
    const second = await attempt(first.problems).catch((error) => {
      throw withBadAnswer(error);
    });
    if ('value' in second) return second.value;
    throw new TexasError(
      'author_invalid_output',
      `The author's answer was unusable twice: ${second.problems.slice(0, 3).join(' ')}`,
      { details: { problems: second.problems.slice(0, 20) } },
    );
  } finally {
    clearInterval(heartbeat);
  }
}

/** An answer that was unusable counts as a failure, also where its author may not be asked again. */
function withBadAnswer(error: unknown): TexasError {
  const { code, message, details } = asTexasError(error);
  return new TexasError(code, message, { details: { ...details, badAnswer: true }, cause: error });
}

async function checked<T>(
  ask: () => Promise<unknown>,
  check: (answer: unknown) => Checked<T>,
): Promise<Checked<T>> {
  try {
    return check(await ask());
  } catch (error) {
    if (error instanceof TexasError && error.code === 'author_invalid_output') {
      return { problems: [error.message] };
    }
    throw error;
  }
}

/** How often an author may be asked for one step, the first try included. */
export const triesPerStep = 4;

/**
 * Most billed calls of a generation: more than any honest course of it needs, which is its planned
 * calls times the tries, twice over for re-asks.
 */
export function mostCallsOf(plannedCalls: number): number {
  return plannedCalls * triesPerStep * 2;
}
