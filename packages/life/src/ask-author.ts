import { TexasError } from '@texas-ai/kernel';
import type { Author, AuthorCall, AuthorName, CallUsage } from './author.js';
import type { Generation } from './generation.js';
import type { Repositories } from './store.js';

/** The author of that name. Throws `author_unauthorized` where this process has none. */
export type Authors = (name: AuthorName) => Author;

/** An answer that was checked: usable, or what is wrong with it, one plain sentence each. */
export type Checked<T> = { value: T; problems?: never } | { problems: readonly string[] };

/**
 * Asks, checks, and where the answer is unusable asks once more, quoting what was wrong. Throws
 * `author_invalid_output` with the problems when the second answer is no better, and whatever the
 * author throws.
 */
export async function askAuthor<T>(
  ask: (problems: readonly string[]) => Promise<unknown>,
  check: (answer: unknown) => Checked<T>,
): Promise<T> {
  const first = await attempt(ask, check, []);
  if ('value' in first) return first.value;
  const second = await attempt(ask, check, first.problems);
  if ('value' in second) return second.value;
  throw new TexasError(
    'author_invalid_output',
    `The author's answer was unusable twice: ${second.problems.slice(0, 3).join(' ')}`,
    { details: { problems: second.problems.slice(0, 20) } },
  );
}

async function attempt<T>(
  ask: (problems: readonly string[]) => Promise<unknown>,
  check: (answer: unknown) => Checked<T>,
  problems: readonly string[],
): Promise<Checked<T>> {
  try {
    return check(await ask(problems));
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
 * Throws `author_call_cap` where a generation has been billed for more calls than any honest
 * course of it needs: its planned calls times the tries, twice over for re-asks. The offline
 * author bills nothing and does not count.
 */
export function assertUnderCallCap(generation: Generation, plannedCalls: number): void {
  if (generation.author === 'offline') return;
  const cap = plannedCalls * triesPerStep * 2;
  if (generation.usage.calls - generation.callsBefore >= cap) {
    throw new TexasError('author_call_cap', `The generation used up its ${cap} author calls.`, {
      details: { cap },
    });
  }
}

const heartbeatMs = 15_000;

/**
 * Runs paid work: while it runs a heartbeat touches the generation, and when it fails what its
 * calls cost is recorded all the same. On success the caller stores usage with the text.
 */
export async function paidWork<T>(
  generations: Pick<Repositories['generations'], 'touch' | 'addUsage'>,
  generation: Generation,
  signal: AbortSignal,
  work: (call: Omit<AuthorCall, 'problems'>) => Promise<T>,
): Promise<{ value: T; usage: CallUsage[] }> {
  const usage: CallUsage[] = [];
  const heartbeat = setInterval(() => {
    // A missed beat is made up by the next one.
    generations.touch(generation.id, generation.run).catch(() => undefined);
  }, heartbeatMs);
  try {
    const value = await work({ signal, onUsage: (call) => usage.push(call) });
    return { value, usage };
  } catch (error) {
    if (usage.length > 0) await generations.addUsage(generation.id, usage);
    throw error;
  } finally {
    clearInterval(heartbeat);
  }
}
