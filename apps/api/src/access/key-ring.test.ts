import { beforeEach, describe, expect, test } from '@jest/globals';
import { type ApiKey, type KeyRepository, makeKey } from '@texas-ai/access';
import { Temporal, TexasError } from '@texas-ai/kernel';
import { makeLogSpy } from '@texas-ai/testing';
import { type KeyRing, makeKeyRing } from './key-ring.js';

const internalApiKey = 'texas_internal_0123456789abcdef';
const away = new TexasError('storage_unavailable', 'The database is unavailable.');

let now: Temporal.Instant;
let logger: ReturnType<typeof makeLogSpy>;
let stored: (ApiKey & { hash: Buffer })[];
let recorded: Map<string, Temporal.Instant>[];
let lookups: number;
let databaseAway: boolean;
let ring: KeyRing;

beforeEach(() => {
  now = Temporal.Instant.from('2026-11-24T08:00:00Z');
  logger = makeLogSpy();
  stored = [];
  recorded = [];
  lookups = 0;
  databaseAway = false;
  ring = makeKeyRing({ keys, internalApiKey, clock: { now: () => now }, logger });
});

const unlessAway = async <T>(value: () => T): Promise<T> => {
  if (databaseAway) throw away;
  return value();
};
const unused = () => Promise.reject(new Error('unexpected call'));
const keys: KeyRepository = {
  insert: unused,
  revoke: unused,
  list: () => unlessAway(() => stored),
  findByShort(short) {
    lookups++;
    return unlessAway(() => stored.find((key) => key.short === short) ?? null);
  },
  findRevoked: (ids) =>
    unlessAway(() =>
      ids.filter((id) => stored.every((key) => key.id !== id || key.revokedAt !== null)),
    ),
  recordUse: (uses) => unlessAway(() => void recorded.push(new Map(uses))),
};

function storeKey(id: string): string {
  const { text, short, hash } = makeKey();
  const rest = { createdAt: now, lastUsedAt: null, revokedAt: null };
  stored.push({ id, short, hash, name: id, scopes: ['read'], ...rest });
  return `Bearer ${text}`;
}
function revoke(id: string): void {
  stored = stored.map((key) => (key.id === id ? { ...key, revokedAt: now } : key));
}
const pass = (time: Temporal.DurationLike) => {
  now = now.add(time);
};

describe('authentication', () => {
  test('a stored key and the bootstrap key are valid, and then cached', async () => {
    const key = storeKey('one');
    const one = { keyId: 'one', name: 'one', scopes: ['read'] };
    expect(ring.peek(key)).toBeUndefined();
    expect(await ring.authenticate(key)).toEqual(one);
    expect(ring.peek(key)).toEqual(one);
    const internal = await ring.authenticate(`Bearer ${internalApiKey}`);
    expect(internal).toEqual({ keyId: 'internal', name: 'internal', scopes: ['admin'] });
    expect(lookups).toBe(1);
  });

  test.each([
    ['none', undefined],
    ['an empty header', ''],
    ['another scheme', 'Basic dGV4YXM6YWk='],
    ['no token', 'Bearer '],
    ['two tokens', `Bearer ${makeKey().text} ${makeKey().text}`],
    ['two headers as one', `Bearer ${makeKey().text}, Bearer ${makeKey().text}`],
    ['10 kB', `Bearer ${'x'.repeat(10_240)}`],
    ['a token of another form', 'Bearer invalid'],
  ])('%s is invalid without a query', async (_name, authorization) => {
    expect(await ring.authenticate(authorization)).toBeNull();
    expect(lookups).toBe(0);
  });

  test('a known short part with a wrong secret is invalid', async () => {
    const key = storeKey('one');
    const other = makeKey().text.split('_').slice(2).join('_');
    expect(await ring.authenticate(`${key.slice(0, -43)}${other}`)).toBeNull();
  });

  test('a revoked key is invalid', async () => {
    const key = storeKey('one');
    revoke('one');
    expect(await ring.authenticate(key)).toBeNull();
  });
});

describe('queries', () => {
  test('concurrent requests with an uncached key share one lookup', async () => {
    const key = storeKey('one');
    const all = await Promise.all(Array.from({ length: 1000 }, () => ring.authenticate(key)));
    expect(all.every((principal) => principal?.keyId === 'one')).toBe(true);
    expect(lookups).toBe(1);
  });

  test('an invalid key is looked up again only after a while', async () => {
    const invalid = `Bearer ${makeKey().text}`;
    for (let count = 0; count < 50; count++) expect(await ring.authenticate(invalid)).toBeNull();
    expect(lookups).toBe(1);
    pass({ seconds: 5 });
    await ring.authenticate(invalid);
    expect(lookups).toBe(2);
  });

  test('without the database cached keys stay valid, and others cannot be checked', async () => {
    const known = storeKey('known');
    const later = storeKey('later');
    await ring.authenticate(known);
    databaseAway = true;
    await ring.sweep();
    pass({ seconds: 2 });
    await ring.sweep();
    expect(await ring.authenticate(known)).toMatchObject({ keyId: 'known' });
    await expect(ring.authenticate(later)).rejects.toMatchObject({ code: 'storage_unavailable' });
    expect(logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
    databaseAway = false;
    expect(await ring.authenticate(later)).toMatchObject({ keyId: 'later' });
  });
});

describe('revocation', () => {
  test('a sweep drops the key and notifies all listeners once', async () => {
    const key = storeKey('one');
    const other = storeKey('other');
    await ring.authenticate(key);
    await ring.authenticate(other);
    const notified: string[] = [];
    ring.onRevoked(() => {
      throw new Error('This listener is broken.');
    });
    ring.onRevoked((keyId) => notified.push(keyId));
    const unsubscribe = ring.onRevoked((keyId) => notified.push(keyId));
    unsubscribe();
    revoke('one');
    await ring.sweep();
    await ring.sweep();
    expect(notified).toEqual(['one']);
    expect(ring.peek(key)).toBeUndefined();
    expect(await ring.authenticate(key)).toBeNull();
    expect(ring.peek(other)).toMatchObject({ keyId: 'other' });
  });

  test('is also reported for an evicted key, whose stream may be open', async () => {
    const key = storeKey('one');
    const notified: string[] = [];
    ring.onRevoked((keyId) => notified.push(keyId));
    await ring.authenticate(key);
    pass({ minutes: 11 });
    await ring.sweep();
    expect(ring.peek(key)).toBeUndefined();
    revoke('one');
    await ring.sweep();
    expect(notified).toEqual(['one']);
  });
});

describe('the cache', () => {
  test('keeps keys in use and evicts those unused for ten minutes', async () => {
    const busy = storeKey('busy');
    const idle = storeKey('idle');
    await ring.authenticate(busy);
    await ring.authenticate(idle);
    for (let minute = 0; minute < 11; minute++) {
      pass({ minutes: 1 });
      ring.peek(busy);
      await ring.sweep();
    }
    expect([ring.peek(busy)?.keyId, ring.peek(idle)]).toEqual(['busy', undefined]);
  });

  test('has one entry for all spellings of a header', async () => {
    const key = storeKey('one').replace('Bearer ', '');
    await ring.authenticate(`Bearer ${key}`);
    for (const spelling of ['bearer ', 'BEARER ', 'Bearer    ']) {
      expect(ring.peek(`${spelling}${key}`)?.keyId).toBe('one');
    }
    expect(lookups).toBe(1);
  });
});

describe('last use', () => {
  test('is stored in one batch every 30 seconds, if there is any', async () => {
    const one = storeKey('one');
    const two = storeKey('two');
    await ring.sweep();
    for (const key of [one, two, `Bearer ${internalApiKey}`]) await ring.authenticate(key);
    pass({ seconds: 29 });
    await ring.sweep();
    expect(recorded).toEqual([]);
    ring.peek(one);
    pass({ seconds: 1 });
    await ring.sweep();
    expect(recorded.map((uses) => [...uses.keys()].sort())).toEqual([['one', 'two']]);
    pass({ seconds: 30 });
    await ring.sweep();
    expect(recorded).toHaveLength(1);
  });

  test('is not lost while the database is unavailable', async () => {
    await ring.sweep();
    await ring.authenticate(storeKey('one'));
    databaseAway = true;
    pass({ seconds: 30 });
    await ring.sweep();
    databaseAway = false;
    pass({ seconds: 30 });
    await ring.sweep();
    expect(recorded.map((uses) => [...uses.keys()])).toEqual([['one']]);
  });

  test('is stored on close', async () => {
    await ring.sweep();
    await ring.authenticate(storeKey('one'));
    ring.start();
    await ring.close();
    expect(recorded.map((uses) => [...uses.keys()])).toEqual([['one']]);
  });

  test('closing waits for the sweep in progress and schedules no other', async () => {
    let sweeps = 0;
    let signalStart: () => void = () => undefined;
    let finishSweep: () => void = () => undefined;
    const started = new Promise<void>((resolve) => {
      signalStart = resolve;
    });
    const finished = new Promise<void>((resolve) => {
      finishSweep = resolve;
    });
    const slow: KeyRepository = {
      ...keys,
      async findRevoked() {
        sweeps++;
        signalStart();
        await finished;
        return [];
      },
    };
    const clock = { now: () => now };
    const slowRing = makeKeyRing({ keys: slow, internalApiKey, clock, logger, pollSeconds: 0 });
    await slowRing.authenticate(storeKey('one'));
    slowRing.start();
    await started;
    let closed = false;
    const closing = slowRing.close().then(() => {
      closed = true;
    });
    await new Promise(setImmediate);
    expect(closed).toBe(false);
    finishSweep();
    await closing;
    for (let turn = 0; turn < 5; turn++) await new Promise((next) => setTimeout(next));
    expect(sweeps).toBe(1);
  });
});
