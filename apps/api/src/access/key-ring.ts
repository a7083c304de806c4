import { createHash, timingSafeEqual } from 'node:crypto';
import { isKey, type KeyRepository, type Scope, shortOf } from '@texas-ai/access';
import type { Clock, Logger } from '@texas-ai/kernel';
import { makeLastUses } from './last-uses.js';

/** Who asks: a key that is valid. */
export interface Principal {
  /** `internal` is the bootstrap key. */
  keyId: string;
  name: string;
  scopes: readonly Scope[];
}

/** The keys that this process knows, so that none is looked up twice. */
export interface KeyRing {
  /** Who it is, from memory alone; undefined where that does not tell. */
  peek(authorization: string | undefined): Principal | undefined;
  /** Who it is; null for none. Rejects with `storage_unavailable` where nobody can tell. */
  authenticate(authorization: string | undefined): Promise<Principal | null>;
  /** Whether a key that was valid is so still, by its id. */
  find(keyId: string): Promise<Principal | null>;
  /** Told the id of each key that was revoked. */
  onRevoked(listener: (keyId: string) => void): () => void;
  /** Looks once for keys that were revoked, forgets those not used for long, notes last uses. */
  sweep(): Promise<void>;
  start(): void;
  close(): Promise<void>;
}

export interface KeyRingDeps {
  keys: KeyRepository;
  /** The bootstrap key, which has all scopes and is nowhere else. */
  internalApiKey: string;
  clock: Clock;
  logger: Logger;
  /** Seconds between sweeps once started, and so the time in which a revoked key is refused. */
  pollSeconds?: number;
}

interface Known {
  principal: Principal;
  /** Since the last sweep: a request that is answered from memory asks no clock. */
  used: boolean;
  /** Epoch milliseconds, as exact as the sweeps are frequent. */
  usedAt: number;
}

const internal: Principal = { keyId: 'internal', name: 'internal', scopes: ['admin'] };

const writeMs = 30_000;
const forgetMs = 600_000;
/** How long a wrong key is remembered as wrong, so that repeating it costs nothing. */
const wrongMs = 5_000;
const mostWrong = 10_000;

/**
 * Keeps keys by their SHA-256: finding one there compares nothing that depends on the key itself,
 * and the key is not kept. Known keys stay known while the database is away; no Redis is needed.
 */
export function makeKeyRing(deps: KeyRingDeps): KeyRing {
  const { keys, internalApiKey, clock, logger, pollSeconds = 2 } = deps;
  // Not more than there are valid keys: one has one entry, however its header is spelled.
  const known = new Map<string, Known>();
  const wrong = new Map<string, number>();
  const lookups = new Map<string, Promise<Principal | null>>();
  const listeners = new Set<(keyId: string) => void>();
  /** Ids of keys that were valid here, also those forgotten since: their streams may be open. */
  const watched = new Set<string>();
  const lastUses = makeLastUses(keys);
  const internalDigest = createHash('sha256').update(internalApiKey).digest();
  let timer: NodeJS.Timeout | undefined;
  let sweeping: Promise<void> = Promise.resolve();
  let closed = false;
  let lastWritten = 0;
  let away = false;
  const now = () => clock.now().epochMilliseconds;

  function peek(authorization: string | undefined): Principal | undefined {
    const token = tokenOf(authorization);
    return token === null ? undefined : recall(digestOf(token));
  }

  function recall(digest: string): Principal | undefined {
    const found = known.get(digest);
    if (found === undefined) return undefined;
    found.used = true;
    return found.principal;
  }

  async function authenticate(authorization: string | undefined): Promise<Principal | null> {
    const token = tokenOf(authorization);
    if (token === null) return null;
    const digest = digestOf(token);
    const remembered = recall(digest);
    if (remembered) return remembered;
    if ((wrong.get(digest) ?? 0) > now()) return null;
    const asked = lookups.get(digest);
    if (asked) return asked;
    const lookup = look(token)
      .then((principal) => remember(digest, principal))
      .finally(() => lookups.delete(digest));
    lookups.set(digest, lookup);
    return lookup;
  }

  async function look(token: string): Promise<Principal | null> {
    const digest = createHash('sha256').update(token).digest();
    if (timingSafeEqual(digest, internalDigest)) return internal;
    const short = shortOf(token);
    const key = short === null ? null : await keys.findByShort(short);
    if (!key || key.revokedAt !== null || !isKey(token, key.hash)) return null;
    return { keyId: key.id, name: key.name, scopes: key.scopes };
  }

  function remember(digest: string, principal: Principal | null): Principal | null {
    const at = now();
    if (principal) {
      known.set(digest, { principal, used: false, usedAt: at });
      if (principal === internal) return principal;
      watched.add(principal.keyId);
      lastUses.note(principal.keyId, at);
    } else {
      if (wrong.size >= mostWrong) wrong.clear();
      wrong.set(digest, at + wrongMs);
    }
    return principal;
  }

  async function find(keyId: string): Promise<Principal | null> {
    if (keyId === internal.keyId) return internal;
    const live = [...known.values()].find(({ principal }) => principal.keyId === keyId);
    if (live) return live.principal;
    const key = (await keys.list()).find(({ id }) => id === keyId);
    if (!key || key.revokedAt !== null) return null;
    return { keyId, name: key.name, scopes: key.scopes };
  }

  async function sweep(): Promise<void> {
    const at = now();
    for (const [digest, until] of wrong) if (until <= at) wrong.delete(digest);
    collectUses(at);
    for (const [digest, { usedAt }] of known) if (at - usedAt >= forgetMs) known.delete(digest);
    try {
      await dropRevoked();
      if (at - lastWritten >= writeMs) {
        await lastUses.write();
        lastWritten = at;
      }
      away = false;
    } catch (error) {
      if (!away) logger.warn('keys cannot be checked, known ones stay valid', { error });
      away = true;
    }
  }

  async function dropRevoked(): Promise<void> {
    if (watched.size === 0) return;
    for (const dead of await keys.deadAmong([...watched])) {
      watched.delete(dead);
      for (const [digest, { principal }] of known) {
        if (principal.keyId === dead) known.delete(digest);
      }
      logger.info('key revoked', { keyId: dead });
      for (const listener of listeners) tell(listener, dead);
    }
  }

  /** One that fails keeps the others from nothing. */
  function tell(listener: (keyId: string) => void, keyId: string): void {
    try {
      listener(keyId);
    } catch (error) {
      logger.error('what follows from a revoked key failed', { keyId, error });
    }
  }

  function collectUses(at: number): void {
    for (const each of known.values()) {
      if (!each.used) continue;
      each.used = false;
      each.usedAt = at;
      if (each.principal !== internal) lastUses.note(each.principal.keyId, at);
    }
  }

  function sweepLater(): void {
    timer = setTimeout(() => {
      sweeping = sweep().finally(() => {
        if (!closed) sweepLater();
      });
    }, pollSeconds * 1000).unref();
  }

  return {
    peek,
    authenticate,
    find,
    onRevoked(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    sweep,
    start: sweepLater,
    async close() {
      closed = true;
      clearTimeout(timer);
      await sweeping;
      collectUses(now());
      await lastUses
        .write()
        .catch((error) => logger.warn('the last uses of keys are not written', { error }));
    },
  };
}

/** The token of `Bearer <token>`; null for another scheme, none, or one that is no token. */
function tokenOf(authorization: string | undefined): string | null {
  return /^Bearer +([\x21-\x7e]{1,512})$/i.exec(authorization ?? '')?.[1] ?? null;
}

function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}
