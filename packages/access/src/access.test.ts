import { describe, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import { allows, hashKey, makeKey, matchesHash, type Scope, scopes, shortPartOf } from './key.js';
import { createKey, revokeKey } from './manage-keys.js';
import type { KeyRepository } from './repository.js';

describe('scopes', () => {
  test('each includes the ones before it and none after it', () => {
    const allowed = scopes.map((given) => scopes.filter((needed) => allows([given], needed)));
    expect(allowed).toEqual([['read'], ['read', 'generate'], ['read', 'generate', 'admin']]);
    expect(allows([], 'read')).toBe(false);
    expect(allows(['read', 'admin'], 'generate')).toBe(true);
  });
});

describe('a key', () => {
  test('has the form texas_<short>_<long> with 256 random bits', () => {
    const made = Array.from({ length: 200 }, makeKey);
    for (const { text, short, hash } of made) {
      expect(text).toMatch(/^texas_[a-z0-9]{8}_[\w-]{43}$/);
      expect(shortPartOf(text)).toBe(short);
      expect(matchesHash(text, hash)).toBe(true);
      expect(hash).toEqual(hashKey(text));
    }
    expect(new Set(made.map(({ text }) => text.slice(-43))).size).toBe(made.length);
  });

  test('differs from another key with the same short part', () => {
    const { text, hash } = makeKey();
    const last = text.endsWith('A') ? 'B' : 'A';
    expect(matchesHash(`${text.slice(0, -1)}${last}`, hash)).toBe(false);
  });

  const { text } = makeKey();
  test.each(['', 'texas_', `${text} `, ` ${text}`, `${text}\n`, `${text}x`, text.slice(0, -1)])(
    '%j has no short part',
    (other) => expect(shortPartOf(other)).toBeNull(),
  );
  test('a text with another prefix or capitals has no short part', () => {
    expect(shortPartOf(text.replace('texas', 'other'))).toBeNull();
    expect(shortPartOf(text.toUpperCase())).toBeNull();
  });
});

describe('createKey and revokeKey', () => {
  const at = Temporal.Instant.from('2026-11-24T08:00:00Z');
  function repository(): Pick<KeyRepository, 'insert'> & { inserted: { scopes: Scope[] }[] } {
    const inserted: { scopes: Scope[] }[] = [];
    return {
      inserted,
      async insert({ short, name, scopes: given }) {
        inserted.push({ scopes: [...given] });
        const times = { createdAt: at, lastUsedAt: null, revokedAt: null };
        return { id: 'one', short, name, scopes: given, ...times };
      },
    };
  }

  test('accepts scopes in any order, without duplicates', async () => {
    const keys = repository();
    await createKey(keys, { name: 'a', scopeList: 'generate, read,generate' });
    expect(keys.inserted).toEqual([{ scopes: ['read', 'generate'] }]);
  });

  test.each([
    ['an empty name', '', 'read'],
    ['a blank name', '  ', 'read'],
    ['a name of 101 characters', 'x'.repeat(101), 'read'],
    ['a name of two lines', 'a\nb', 'read'],
    ['no scope', 'a', ''],
    ['an unknown scope', 'a', 'write'],
    ['an unknown scope beside a known one', 'a', 'read,write'],
    ['a stray comma', 'a', 'read,'],
  ])('refuses %s and stores nothing', async (_name, name, scopeList) => {
    const keys = repository();
    await expect(createKey(keys, { name, scopeList })).rejects.toMatchObject({
      code: 'invalid_request',
    });
    expect(keys.inserted).toEqual([]);
  });

  test('reports an unknown key', async () => {
    const none = { list: async () => [], revoke: async () => null };
    await expect(revokeKey(none, 'abcdefgh')).rejects.toMatchObject({
      message: expect.stringContaining('no such key'),
    });
  });
});
