import { setTimeout as pause } from 'node:timers/promises';
import { asTexasError, type Clock, type Logger, type TexasError } from '@texas-ai/kernel';
import {
  type Author,
  type AuthorName,
  type Authors,
  appliesTo,
  type Cooldown,
  cooldownFor,
  isProbed,
  type MeteredCallDeps,
  policyOf,
  probeAuthor,
  type Store,
} from '@texas-ai/life';

export interface ProbeDeps extends MeteredCallDeps {
  store: Pick<Store, 'cooldowns' | 'ledger' | 'exclusively'>;
  authors: Authors;
  clock: Clock;
  logger: Logger;
  /** The time between two probes of a cooldown. */
  probeMs: number;
  signal: AbortSignal;
}

/** A probe that takes longer is inconclusive. */
const probeTimeoutMs = 30_000;

/**
 * Makes the due probes of this worker's authors; each cooldown is probed by one process at a time.
 * Returns whether a cooldown began or ended.
 */
export async function probeDue(deps: ProbeDeps, cooldowns: readonly Cooldown[]): Promise<boolean> {
  const { store, authors, clock, probeMs } = deps;
  let changed = false;
  for (const name of new Set(cooldowns.map(({ author }) => author))) {
    const author = authorOf(authors, name);
    if (!author) continue;
    const own = cooldowns.filter((each) => isProbed(each.code) && appliesTo(each, author));
    let isDue = false;
    for (const cooldown of own) {
      const now = clock.now();
      const next = now.add({ milliseconds: probeMs });
      isDue = (await store.cooldowns.claimProbe(cooldown, now, next)) || isDue;
    }
    if (isDue && (await probe(deps, author, own))) changed = true;
  }
  return changed;
}

/** At start no probe is made if a call was answered, or made, this recently. */
const answeredRecentlyMinutes = 60;
const madeRecentlySeconds = 30;

/** Longer than another process needs for its check; after that, this one skips its own. */
const lockTries = 120;
const lockRetryMs = 500;

/**
 * The check at start: probes each of these authors before a day depends on it. One process at a time
 * makes it, and skips authors that were called recently, so a restarting fleet probes each key and model
 * once. Returns whether a cooldown began or ended.
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
      const own = (await store.cooldowns.list()).filter((cooldown) => appliesTo(cooldown, author));
      if (!(await needsCheck(deps, author, own))) continue;
      if (await probe(deps, author, own)) changed = true;
    }
  };
  for (let tries = 1; !(await store.exclusively('check-authors', check)); tries++) {
    if (tries === lockTries) {
      logger.warn('authors not checked, another process holds the lock', { tries });
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
  own: readonly Cooldown[],
): Promise<boolean> {
  if (fingerprint === null || own.some(({ code }) => !isProbed(code))) return false;
  const now = clock.now();
  const access = { author: name, fingerprint, model };
  const since = now.subtract({ minutes: answeredRecentlyMinutes });
  const { madeAt, answeredAt } = await store.ledger.lastCalls(access, since);
  // A probe that succeeds ends the cooldowns of other keys and models, which this one has replaced.
  if (answeredAt && own.length === 0) return store.cooldowns.isRefused(name);
  const recently = now.subtract({ seconds: madeRecentlySeconds });
  if (madeAt && madeAt.epochMilliseconds > recently.epochMilliseconds) return false;
  return answeredAt === null || own.length > 0;
}

/** On success the author's cooldowns end; on failure one may begin. Returns whether any began or ended. */
async function probe(deps: ProbeDeps, author: Author, own: readonly Cooldown[]): Promise<boolean> {
  const { store, logger, signal } = deps;
  const { name, model } = author;
  try {
    const limitedSignal = AbortSignal.any([signal, AbortSignal.timeout(probeTimeoutMs)]);
    await probeAuthor(deps, author, limitedSignal);
  } catch (error) {
    if (signal.aborted) return false;
    return probeFailed(deps, author, own, asTexasError(error));
  }
  logger.info('probe succeeded', { author: name, model });
  const over = own.filter(({ code }) => isProbed(code));
  for (const cooldown of over) await store.cooldowns.end(cooldown);
  return over.length > 0;
}

async function probeFailed(
  { store, clock, logger, probeMs }: ProbeDeps,
  { name, model, fingerprint }: Author,
  own: readonly Cooldown[],
  failure: TexasError,
): Promise<boolean> {
  const { code, message } = failure;
  const fields = { author: name, model, code };
  if (code === 'storage_unavailable' || code === 'storage_conflict') throw failure;
  if (wasRefusedByUs(failure)) {
    logger.info('probe not made', { ...fields, reason: message });
    return false;
  }
  // Providers check the key first: a failure because of the model or its load means the key is accepted.
  const accepted = own.filter((each) => each.code === 'author_unauthorized' && acceptsKey(code));
  for (const cooldown of accepted) await store.cooldowns.end(cooldown);
  if (!isProbed(code) || fingerprint === null) {
    const isTemporary = code === 'author_overloaded' || code === 'author_rate_limited';
    if (isTemporary) logger.info('probe failed', { ...fields, reason: message });
    else logger.warn('probe failed', { ...fields, error: failure });
    return accepted.length > 0;
  }
  const until = clock.now().add({ milliseconds: probeMs });
  const access = { name, model, fingerprint };
  await store.cooldowns.begin(cooldownFor(access, code, { reason: message, until }));
  if (own.some((cooldown) => cooldown.code === code)) {
    logger.info('author still refuses calls', { ...fields, reason: message });
    return accepted.length > 0;
  }
  logger.error('author refuses calls', { ...fields, reason: message });
  return true;
}

const ownCodes: ReadonlySet<string> = new Set([
  'author_held',
  'author_call_cap',
  'budget_exhausted',
  'call_in_flight',
]);

/** The call meter refused the call: a budget, a cooldown, or our own rate limit, which has no HTTP status. */
function wasRefusedByUs({ code, details }: TexasError): boolean {
  return ownCodes.has(code) || (code === 'author_rate_limited' && details.status === undefined);
}

function acceptsKey(code: TexasError['code']): boolean {
  return code === 'author_overloaded' || policyOf(code)?.cooldownScope === 'model';
}

/** Null if this process cannot call it. */
function authorOf(authors: Authors, name: AuthorName): Author | null {
  try {
    return authors(name);
  } catch {
    return null;
  }
}
