import { beforeEach, describe, expect, test } from '@jest/globals';
import { type ApiKey, type KeyRepository, makeKey } from '@texas-ai/access';
import { Temporal, TexasError } from '@texas-ai/kernel';
import { makeLogSpy } from '@texas-ai/testing';
import { type KeyRing, makeKeyRing } from './key-ring.js';

const internalApiKey = 'texas_internal_0123456789abcdef';
const away = new TexasError('storage_unavailable', 'The database does not answer.');

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

const answer = async <T>(value: () => T): Promise<T> => {
  if (databaseAway) throw away;
  return value();
};
const unused = () => Promise.reject(new Error('The ring does not ask for this.'));
const keys: KeyRepository = {
  insert: unused,
  revoke: unused,
  list: () => answer(() => stored),
  findByShort(short) {
    lookups++;
    return answer(() => stored.find((key) => key.short === short) ?? null);
  },
  deadAmong: (ids) =>
    answer(() =>
      ids.filter((id) => stored.every((key) => key.id !== id || key.revokedAt !== null)),
    ),
  recordUse: (uses) => answer(() => void recorded.push(new Map(uses))),
};

function stock(id: string): string {
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

describe('who asks', () => {
  test('a stored key and the bootstrap key are known, and from then on by memory', async () => {
    const key = stock('one');
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
    ['a token of another form', 'Bearer wrong'],
  ])('%s is nobody, and asks the database nothing', async (_name, authorization) => {
    expect(await ring.authenticate(authorization)).toBeNull();
    expect(lookups).toBe(0);
  });

  test('a right short part with a wrong long one is nobody', async () => {
    const key = stock('one');
    const other = makeKey().text.split('_').slice(2).join('_');
    expect(await ring.authenticate(`${key.slice(0, -43)}${other}`)).toBeNull();
  });

  test('a key that was revoked before is nobody', async () => {
    const key = stock('one');
    revoke('one');
    expect(await ring.authenticate(key)).toBeNull();
  });
});

describe('what it asks the database', () => {
  test('a thousand requests with one unknown key look it up once', async () => {
    const key = stock('one');
    const all = await Promise.all(Array.from({ length: 1000 }, () => ring.authenticate(key)));
    expect(all.every((principal) => principal?.keyId === 'one')).toBe(true);
    expect(lookups).toBe(1);
  });

  test('a wrong key is looked up again only after a while', async () => {
    const wrong = `Bearer ${makeKey().text}`;
    for (let count = 0; count < 50; count++) expect(await ring.authenticate(wrong)).toBeNull();
    expect(lookups).toBe(1);
    pass({ seconds: 5 });
    await ring.authenticate(wrong);
    expect(lookups).toBe(2);
  });

  test('without the database known keys stay known, others are neither right nor wrong', async () => {
    const known = stock('known');
    const later = stock('later');
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
  test('a sweep drops the key and tells everybody who listens, once', async () => {
    const key = stock('one');
    const other = stock('other');
    await ring.authenticate(key);
    await ring.authenticate(other);
    const told: string[] = [];
    ring.onRevoked(() => {
      throw new Error('This listener is broken.');
    });
    ring.onRevoked((keyId) => told.push(keyId));
    const forget = ring.onRevoked((keyId) => told.push(keyId));
    forget();
    revoke('one');
    await ring.sweep();
    await ring.sweep();
    expect(told).toEqual(['one']);
    expect(ring.peek(key)).toBeUndefined();
    expect(await ring.authenticate(key)).toBeNull();
    expect(ring.peek(other)).toMatchObject({ keyId: 'other' });
  });

  test('it is told of a key that is forgotten by now: its stream may still be open', async () => {
    const key = stock('one');
    const told: string[] = [];
    ring.onRevoked((keyId) => told.push(keyId));
    await ring.authenticate(key);
    pass({ minutes: 11 });
    await ring.sweep();
    expect(ring.peek(key)).toBeUndefined();
    revoke('one');
    await ring.sweep();
    expect(told).toEqual(['one']);
  });
});

describe('memory', () => {
  test('a key in use is kept, one that is not used for ten minutes is forgotten', async () => {
    const busy = stock('busy');
    const idle = stock('idle');
    await ring.authenticate(busy);
    await ring.authenticate(idle);
    for (let minute = 0; minute < 11; minute++) {
      pass({ minutes: 1 });
      ring.peek(busy);
      await ring.sweep();
    }
    expect([ring.peek(busy)?.keyId, ring.peek(idle)]).toEqual(['busy', undefined]);
  });

  test('one key in ever other spellings is one key', async () => {
    const key = stock('one').replace('Bearer ', '');
    await ring.authenticate(`Bearer ${key}`);
    for (const spelling of ['bearer ', 'BEARER ', 'Bearer    ']) {
      expect(ring.peek(`${spelling}${key}`)?.keyId).toBe('one');
    }
    expect(lookups).toBe(1);
  });
});

describe('last use', () => {
  test('is written in one batch every 30 seconds, and only where there is news', async () => {
    const one = stock('one');
    const two = stock('two');
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

  test('is not lost while the database is away', async () => {
    await ring.sweep();
    await ring.authenticate(stock('one'));
    databaseAway = true;
    pass({ seconds: 30 });
    await ring.sweep();
    databaseAway = false;
    pass({ seconds: 30 });
    await ring.sweep();
    expect(recorded.map((uses) => [...uses.keys()])).toEqual([['one']]);
  });

  test('is written at the end, and nothing is asked after it', async () => {
    await ring.sweep();
    await ring.authenticate(stock('one'));
    ring.start();
    await ring.close();
    expect(recorded.map((uses) => [...uses.keys()])).toEqual([['one']]);
  });

  test('closing waits for a sweep under way, which begins no other', async () => {
    let asked = 0;
    let sayAsked: () => void = () => undefined;
    let goOn: () => void = () => undefined;
    const underWay = new Promise<void>((resolve) => {
      sayAsked = resolve;
    });
    const answered = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const slow: KeyRepository = {
      ...keys,
      async deadAmong() {
        asked++;
        sayAsked();
        await answered;
        return [];
      },
    };
    const clock = { now: () => now };
    const slowRing = makeKeyRing({ keys: slow, internalApiKey, clock, logger, pollSeconds: 0 });
    await slowRing.authenticate(stock('one'));
    slowRing.start();
    await underWay;
    let closed = false;
    const closing = slowRing.close().then(() => {
      closed = true;
    });
    await new Promise(setImmediate);
    expect(closed).toBe(false);
    goOn();
    await closing;
    for (let turn = 0; turn < 5; turn++) await new Promise((next) => setTimeout(next));
    expect(asked).toBe(1);
  });
});
