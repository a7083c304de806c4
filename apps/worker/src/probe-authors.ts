import { asTexasError, type Clock, type Logger } from '@texas-ai/kernel';
import {
  type Author,
  type AuthorHold,
  type AuthorName,
  type Authors,
  type CallMeter,
  holdOf,
  holds,
  isProbed,
  probeAuthor,
  type Store,
} from '@texas-ai/life';

export interface ProbeDeps {
  store: Pick<Store, 'holds' | 'ledger' | 'exclusively'>;
  authors: Authors;
  meter: CallMeter;
  clock: Clock;
  logger: Logger;
  timing: { probeMs: number; holdAnswerMs: number };
  signal: AbortSignal;
}

/** A probe that takes longer tells nothing yet. */
const probeTimeoutMs = 30_000;

/**
 * Probes the authors of this process whose cooldown only a probe ends and whose time has come; each
 * hold is probed by one process at a time. Tells whether a cooldown ended or began.
 */
export async function probeHeld(deps: ProbeDeps, held: readonly AuthorHold[]): Promise<boolean> {
  const { store, authors, clock, timing } = deps;
  let changed = false;
  for (const name of new Set(held.map(({ author }) => author))) {
    const author = authorOf(authors, name);
    const own = author ? held.filter((hold) => isProbed(hold.code) && holds(hold, author)) : [];
    let isDue = false;
    for (const hold of own) {
      const now = clock.now();
      const next = now.add({ milliseconds: timing.probeMs });
      isDue = (await store.holds.takeProbe(hold, now, next)) || isDue;
    }
    if (author && isDue && (await probe(deps, author, own))) changed = true;
  }
  return changed;
}

/** How lately a call must have been answered for a start to need no probe, and to have been made at all. */
const answeredLatelyMinutes = 60;
const madeLatelySeconds = 30;

/**
 * The check at start: whether each of these authors would write, before any day meets that it would not.
 * One process at a time makes it for all, and not again soon: a fleet that restarts probes once. Tells
 * whether a cooldown began or ended.
 */
export async function checkAuthors(
  deps: ProbeDeps,
  names: readonly AuthorName[],
): Promise<boolean> {
  const { store, authors } = deps;
  let changed = false;
  await store.exclusively('check-authors', async () => {
    for (const name of names) {
      const author = authorOf(authors, name);
      if (!author) continue;
      const own = (await store.holds.list()).filter((hold) => holds(hold, author));
      if (!(await needsCheck(deps, author, own))) continue;
      if (await probe(deps, author, own)) changed = true;
    }
  });
  return changed;
}

async function needsCheck(
  { store, clock }: ProbeDeps,
  { name, fingerprint, model }: Author,
  own: readonly AuthorHold[],
): Promise<boolean> {
  if (fingerprint === null || own.some(({ code }) => !isProbed(code))) return false;
  const now = clock.now();
  const access = { author: name, fingerprint, model };
  const since = now.subtract({ minutes: answeredLatelyMinutes });
  const { madeAt, answeredAt } = await store.ledger.lastCalls(access, since);
  const soonAgain = now.subtract({ seconds: madeLatelySeconds });
  if (madeAt && madeAt.epochMilliseconds > soonAgain.epochMilliseconds) return false;
  return answeredAt === null || own.length > 0;
}

/** Where the author answers its cooldowns are over, otherwise one may begin. Tells whether one did. */
async function probe(
  deps: ProbeDeps,
  author: Author,
  own: readonly AuthorHold[],
): Promise<boolean> {
  const { store, clock, logger, timing, signal } = deps;
  const { name, model, fingerprint } = author;
  const fields = { author: name, model };
  try {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(probeTimeoutMs)]);
    await probeAuthor({ ...deps, holdAnswerMs: timing.holdAnswerMs }, author, limited);
  } catch (error) {
    const { code, message } = asTexasError(error);
    const begins =
      isProbed(code) && fingerprint !== null && own.every((hold) => hold.code !== code);
    if (!begins) {
      logger.info('author does not answer a probe', { ...fields, code });
      return false;
    }
    const until = clock.now().add({ milliseconds: timing.probeMs });
    await store.holds.put(holdOf({ name, model, fingerprint }, code, { reason: message, until }));
    logger.error('author refuses to write', { ...fields, code, reason: message });
    return true;
  }
  logger.info('author answers', fields);
  const over = own.filter(({ code }) => isProbed(code));
  for (const hold of over) await store.holds.lift(hold);
  return over.length > 0;
}

function authorOf(authors: Authors, name: AuthorName): Author | null {
  try {
    return authors(name);
  } catch {
    return null;
  }
}
