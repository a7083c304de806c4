import { asTexasError, TexasError } from '@texas-ai/kernel';
import type { Generation } from '../generation/generation.js';
import type { CallStep, EndedCall } from '../spending/ledger.js';
import type { Store } from '../store.js';
import type { Author, AuthorCall } from './author.js';
import { type MeteredAnswer, type MeteredCallDeps, meteredCall } from './metered-call.js';

export interface AskAuthorDeps extends MeteredCallDeps {
  store: Pick<Store, 'generations'>;
  /** How often the generation is touched while its author works, in milliseconds. */
  heartbeatMs: number;
}

/** A task for an author, the check of its answer, and where the result is stored. */
export interface AuthorTask<T, Stored> {
  generation: Generation;
  step: Exclude<CallStep, 'probe'>;
  chapter: number | null;
  author: Author;
  /** The calls of the whole generation, without retries. */
  plannedCalls: number;
  ask(call: AuthorCall): Promise<unknown>;
  check(answer: unknown): Checked<T>;
  /** Stores the result and closes the call, all or nothing. Null if the author bills nothing. */
  store(value: T, call: EndedCall | null): Promise<Stored>;
}

/** A checked answer: its value, or its problems, one sentence each. */
export type Checked<T> =
  | { value: T; problems?: never }
  | { value?: never; problems: readonly string[] };

/**
 * Asks, checks, and stores the result; asks once more with the problems quoted if the answer is unusable.
 * Every call that may be billed is metered; a heartbeat touches the generation meanwhile. Throws
 * `author_invalid_output` with the problems if the second answer is unusable too, and the errors of the
 * author, the meter and the storage.
 */
export async function askAuthor<T, Stored>(
  deps: AskAuthorDeps,
  task: AuthorTask<T, Stored>,
  signal: AbortSignal,
): Promise<Stored> {
  const { id, run } = task.generation;
  const heartbeat = setInterval(() => {
    // The next beat makes up for a missed one.
    deps.store.generations.touch(id, run).catch(() => undefined);
  }, deps.heartbeatMs);
  try {
    const first = await attempt(deps, task, signal, []);
    if (!first.problems) return first.stored;
    const second = await attempt(deps, task, signal, first.problems).catch((error) => {
      throw withBadAnswer(error);
    });
    if (!second.problems) return second.stored;
    throw new TexasError(
      'author_invalid_output',
      `The author's answer was unusable twice: ${second.problems.slice(0, 3).join(' ')}`,
      { details: { problems: second.problems.slice(0, 20) } },
    );
  } finally {
    clearInterval(heartbeat);
  }
}

/** What was stored of an answer, or its problems. */
type Attempt<Stored> =
  | { stored: Stored; problems?: never }
  | { stored?: never; problems: readonly string[] };

async function attempt<T, Stored>(
  deps: AskAuthorDeps,
  { ask, check, store, plannedCalls, ...call }: AuthorTask<T, Stored>,
  signal: AbortSignal,
  problems: readonly string[],
): Promise<Attempt<Stored>> {
  const request = { ...call, maxCalls: maxCallsOf(plannedCalls) };
  let made: MeteredAnswer<unknown>;
  try {
    made = await meteredCall(deps, request, signal, (context) => ask({ ...context, problems }));
  } catch (error) {
    if (error instanceof TexasError && error.code === 'author_invalid_output') {
      return { problems: [error.message] };
    }
    throw error;
  }
  let checked: Checked<T>;
  try {
    checked = check(made.answer);
  } catch (error) {
    await made.close();
    throw error;
  }
  const { value, problems: found } = checked;
  if (!found) return { stored: await made.store((ended) => store(value, ended)) };
  await made.close();
  return { problems: found };
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
