import { setTimeout as pause } from 'node:timers/promises';
import { asTexasError, type Clock, type Logger, type TexasError } from '@texas-ai/kernel';
import {
  type Author,
  type AuthorHold,
  type AuthorName,
  type Authors,
  type CallMeter,
  holdOf,
  holds,
  isProbed,
  policyOf,
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

/** Longer than another process needs for its check; after that this one goes on without its own. */
const lockTries = 120;
const lockRetryMs = 500;

/**
 * The check at start: whether each of these authors would write, before any day meets that it would not.
 * One process at a time makes it, for all with the same key and model, and not again soon: a fleet that
 * restarts probes once. Tells whether a cooldown began or ended.
 */
export async function checkAuthors(
  deps: ProbeDeps,
  names: readonly AuthorName[],
): Promise<boolean> {
  const { store, authors, logger, signal } = deps;
  let changed = false;
  const check = async () => {
    for (const name of names) {
      const author = authorOf(authors, name);
      if (!author) continue;
      const own = (await store.holds.list()).filter((hold) => holds(hold, author));
      if (!(await needsCheck(deps, author, own))) continue;
      if (await probe(deps, author, own)) changed = true;
    }
  };
  for (let tries = 1; !(await store.exclusively('check-authors', check)); tries++) {
    if (tries === lockTries) {
      logger.warn('authors not checked, other processes check theirs', { tries });
      break;
    }
    await pause(lockRetryMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
  }
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
  // An answer now ends that another key or model, which this one replaces, counts as refused for all.
  if (answeredAt && own.length === 0) return store.holds.isRefused(name);
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
  const { store, logger, timing, signal } = deps;
  const { name, model } = author;
  try {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(probeTimeoutMs)]);
    await probeAuthor({ ...deps, holdAnswerMs: timing.holdAnswerMs }, author, limited);
  } catch (error) {
    if (signal.aborted) return false;
    return notAnswered(deps, author, own, asTexasError(error));
  }
  logger.info('author answers', { author: name, model });
  const over = own.filter(({ code }) => isProbed(code));
  for (const hold of over) await store.holds.lift(hold);
  return over.length > 0;
}

async function notAnswered(
  { store, clock, logger, timing }: ProbeDeps,
  { name, model, fingerprint }: Author,
  own: readonly AuthorHold[],
  failure: TexasError,
): Promise<boolean> {
  const { code, message } = failure;
  const fields = { author: name, model, code };
  if (code === 'storage_unavailable' || code === 'storage_conflict') throw failure;
  if (wasNotAsked(failure)) {
    logger.info('probe not made', { ...fields, reason: message });
    return false;
  }
  // The provider looks at the key first: what it says of the model or the load ends a refusal of the key.
  const accepted = own.filter((hold) => hold.code === 'author_unauthorized' && acceptsKey(code));
  for (const hold of accepted) await store.holds.lift(hold);
  if (!isProbed(code) || fingerprint === null) {
    const passes = code === 'author_overloaded' || code === 'author_rate_limited';
    if (passes) logger.info('author does not answer a probe', { ...fields, reason: message });
    else logger.warn('author does not answer a probe', { ...fields, error: failure });
    return accepted.length > 0;
  }
  const until = clock.now().add({ milliseconds: timing.probeMs });
  await store.holds.put(holdOf({ name, model, fingerprint }, code, { reason: message, until }));
  if (own.some((hold) => hold.code === code)) {
    logger.info('author still refuses to write', { ...fields, reason: message });
    return accepted.length > 0;
  }
  logger.error('author refuses to write', { ...fields, reason: message });
  return true;
}

const refusedByUs: ReadonlySet<string> = new Set([
  'author_held',
  'author_call_cap',
  'budget_exhausted',
  'call_in_flight',
]);

/** The meter refused the call: by a budget, a hold or our own rates, which no HTTP status tells of. */
function wasNotAsked({ code, details }: TexasError): boolean {
  return refusedByUs.has(code) || (code === 'author_rate_limited' && details.status === undefined);
}

function acceptsKey(code: TexasError['code']): boolean {
  return code === 'author_overloaded' || policyOf(code)?.cooldownScope === 'model';
}

function authorOf(authors: Authors, name: AuthorName): Author | null {
  try {
    return authors(name);
  } catch {
    return null;
  }
}
