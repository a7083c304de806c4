import { createHash, timingSafeEqual } from 'node:crypto';
import { type KeyRepository, matchesHash, type Scope, shortPartOf } from '@texas-ai/access';
import type { Clock, Logger } from '@texas-ai/kernel';
import { makeLastUses } from './last-uses.js';

/** An authenticated caller. */
export interface Principal {
  /** `internal` for the bootstrap key. */
  keyId: string;
  name: string;
  scopes: readonly Scope[];
}

/** Authenticates keys, which it caches. */
export interface KeyRing {
  /** The caller, if the key is cached. */
  peek(authorization: string | undefined): Principal | undefined;
  /** Null for an invalid key. Rejects with `storage_unavailable`. */
  authenticate(authorization: string | undefined): Promise<Principal | null>;
  /** The caller of a key id; null if the key was revoked. */
  find(keyId: string): Promise<Principal | null>;
  /** Calls the listener with the id of each revoked key. Returns an unsubscribe function. */
  onRevoked(listener: (keyId: string) => void): () => void;
  /** Drops revoked and unused keys from the cache, and stores last uses. */
  sweep(): Promise<void>;
  start(): void;
  close(): Promise<void>;
}

export interface KeyRingDeps {
  keys: KeyRepository;
  /** The bootstrap key, which has all scopes and is not stored. */
  internalApiKey: string;
  clock: Clock;
  logger: Logger;
  /** Interval of sweeps, within which a revoked key is refused; default 2. */
  pollSeconds?: number;
}

interface CachedKey {
  principal: Principal;
  /** Since the last sweep; avoids reading the clock on every request. */
  used: boolean;
  /** Epoch milliseconds of the sweep that found it used. */
  usedAt: number;
}

const internal: Principal = { keyId: 'internal', name: 'internal', scopes: ['admin'] };

const writeIntervalMs = 30_000;
const evictUnusedMs = 600_000;
/** How long an invalid key is cached, so that retries cost no query. */
const invalidMs = 5_000;
const maxInvalid = 10_000;

/**
 * Caches keys by their SHA-256, so that neither the lookup's timing nor the cache reveals a key. Cached
 * keys stay valid while the database is unavailable.
 */
export function makeKeyRing(deps: KeyRingDeps): KeyRing {
  const { keys, internalApiKey, clock, logger, pollSeconds = 2 } = deps;
  // Bounded by the number of valid keys, since all spellings of a header share an entry.
  const cached = new Map<string, CachedKey>();
  /** When each entry expires, in epoch milliseconds, by digest. */
  const invalid = new Map<string, number>();
  const lookups = new Map<string, Promise<Principal | null>>();
  const listeners = new Set<(keyId: string) => void>();
  /** Ids of all keys seen valid, including evicted ones, which may have open streams. */
  const seenValid = new Set<string>();
  const lastUses = makeLastUses(keys);
  const internalDigest = createHash('sha256').update(internalApiKey).digest();
  let timer: NodeJS.Timeout | undefined;
  let sweeping: Promise<void> = Promise.resolve();
  let closed = false;
  let writtenAt = 0;
  let databaseUnavailable = false;
  const now = () => clock.now().epochMilliseconds;

  function peek(authorization: string | undefined): Principal | undefined {
    const token = tokenOf(authorization);
    return token === null ? undefined : findCached(digestOf(token));
  }

  function findCached(digest: string): Principal | undefined {
    const key = cached.get(digest);
    if (key === undefined) return undefined;
    key.used = true;
    return key.principal;
  }

  async function authenticate(authorization: string | undefined): Promise<Principal | null> {
    const token = tokenOf(authorization);
    if (token === null) return null;
    const digest = digestOf(token);
    const known = findCached(digest);
    if (known) return known;
    if ((invalid.get(digest) ?? 0) > now()) return null;
    const pending = lookups.get(digest);
    if (pending) return pending;
    const lookup = lookUp(token)
      .then((principal) => remember(digest, principal))
      .finally(() => lookups.delete(digest));
    lookups.set(digest, lookup);
    return lookup;
  }

  async function lookUp(token: string): Promise<Principal | null> {
    const digest = createHash('sha256').update(token).digest();
    if (timingSafeEqual(digest, internalDigest)) return internal;
    const short = shortPartOf(token);
    const key = short === null ? null : await keys.findByShort(short);
    if (!key || key.revokedAt !== null || !matchesHash(token, key.hash)) return null;
    return { keyId: key.id, name: key.name, scopes: key.scopes };
  }

  function remember(digest: string, principal: Principal | null): Principal | null {
    const at = now();
    if (principal) {
      cached.set(digest, { principal, used: false, usedAt: at });
      if (principal === internal) return principal;
      seenValid.add(principal.keyId);
      lastUses.note(principal.keyId, at);
    } else {
      if (invalid.size >= maxInvalid) invalid.clear();
      invalid.set(digest, at + invalidMs);
    }
    return principal;
  }

  async function find(keyId: string): Promise<Principal | null> {
    if (keyId === internal.keyId) return internal;
    const known = [...cached.values()].find(({ principal }) => principal.keyId === keyId);
    if (known) return known.principal;
    const key = (await keys.list()).find(({ id }) => id === keyId);
    if (!key || key.revokedAt !== null) return null;
    return { keyId, name: key.name, scopes: key.scopes };
  }

  async function sweep(): Promise<void> {
    const at = now();
    for (const [digest, until] of invalid) if (until <= at) invalid.delete(digest);
    collectUses(at);
    for (const [digest, { usedAt }] of cached) {
      if (at - usedAt >= evictUnusedMs) cached.delete(digest);
    }
    try {
      await dropRevoked();
      if (at - writtenAt >= writeIntervalMs) {
        await lastUses.write();
        writtenAt = at;
      }
      databaseUnavailable = false;
    } catch (error) {
      if (!databaseUnavailable) {
        logger.warn('revoked keys cannot be read, cached keys stay valid', { error });
      }
      databaseUnavailable = true;
    }
  }

  async function dropRevoked(): Promise<void> {
    if (seenValid.size === 0) return;
    for (const keyId of await keys.findRevoked([...seenValid])) {
      seenValid.delete(keyId);
      for (const [digest, { principal }] of cached) {
        if (principal.keyId === keyId) cached.delete(digest);
      }
      logger.info('key revoked', { keyId });
      for (const listener of listeners) notify(listener, keyId);
    }
  }

  /** Never throws, so that a failing listener does not affect the others. */
  function notify(listener: (keyId: string) => void, keyId: string): void {
    try {
      listener(keyId);
    } catch (error) {
      logger.error('listener for revoked keys failed', { keyId, error });
    }
  }

  function collectUses(at: number): void {
    for (const key of cached.values()) {
      if (!key.used) continue;
      key.used = false;
      key.usedAt = at;
      if (key.principal !== internal) lastUses.note(key.principal.keyId, at);
    }
  }

  function scheduleSweep(): void {
    timer = setTimeout(() => {
      sweeping = sweep().finally(() => {
        if (!closed) scheduleSweep();
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
    start: scheduleSweep,
    async close() {
      closed = true;
      clearTimeout(timer);
      await sweeping;
      collectUses(now());
      await lastUses
        .write()
        .catch((error) => logger.warn('last uses of keys not stored', { error }));
    },
  };
}

/** The token of `Bearer <token>`; null for anything else. */
function tokenOf(authorization: string | undefined): string | null {
  return /^Bearer +([\x21-\x7e]{1,512})$/i.exec(authorization ?? '')?.[1] ?? null;
}

function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}
