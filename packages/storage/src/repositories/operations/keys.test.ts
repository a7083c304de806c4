import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type KeyRepository, makeKey, type Scope } from '@texas-ai/access';
import { Temporal } from '@texas-ai/kernel';
import { makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import { v7 as uuid } from 'uuid';
import { makeKeyRepository } from './keys.js';

let db: TestDatabase;
let keys: KeyRepository;
beforeAll(async () => {
  db = await makeTestDatabase();
  keys = makeKeyRepository(db.database);
});
afterAll(() => db.drop());
beforeEach(async () => {
  await db.database('api_keys').delete();
});

function insert(name = 'phone', scopes: Scope[] = ['read', 'generate']) {
  const { short, hash } = makeKey();
  return keys.insert({ short, hash, name, scopes });
}

describe('keys', () => {
  test('are found by their short part, with the hash and without the key', async () => {
    const { text, short, hash } = makeKey();
    const stored = await keys.insert({ short, hash, name: 'phone', scopes: ['read'] });
    expect(stored).toMatchObject({ short, name: 'phone', scopes: ['read'], lastUsedAt: null });
    expect(await keys.findByShort(short)).toEqual({ ...stored, hash });
    expect(await keys.findByShort('nothing0')).toBeNull();
    const rows = await db.database('api_keys').select('*');
    expect(JSON.stringify(rows)).not.toContain(text.slice(-43));
  });

  test('are listed newest first, without hashes; names may repeat', async () => {
    const first = await insert('same');
    const second = await insert('same');
    expect(await keys.list()).toEqual([second, first]);
    expect(Object.keys(first)).not.toContain('hash');
  });

  test('conflict if the short part is taken', async () => {
    const { short, hash } = makeKey();
    const key = { short, hash, name: 'a', scopes: ['read'] as const };
    await keys.insert(key);
    await expect(keys.insert(key)).rejects.toMatchObject({ code: 'storage_conflict' });
  });

  test('are revoked once; the first time stays', async () => {
    const { short } = await insert();
    const first = await keys.revoke(short);
    expect(first).toMatchObject({ already: false, key: { revokedAt: expect.anything() } });
    expect(await keys.revoke(short)).toEqual({ already: true, key: first?.key });
    expect(await keys.revoke('nothing0')).toBeNull();
  });

  test('that are revoked or gone are found among many ids', async () => {
    const [live, revoked, other] = [await insert(), await insert(), await insert()];
    const gone = uuid();
    await keys.revoke(revoked.short);
    const dead = await keys.findRevoked([live.id, revoked.id, gone, other.id]);
    expect(dead.sort()).toEqual([revoked.id, gone].sort());
    expect(await keys.findRevoked([])).toEqual([]);
  });

  test('get their last uses in one batch, never an earlier one', async () => {
    const [one, two, idle] = [await insert('one'), await insert('two'), await insert('idle')];
    const at = (text: string) => Temporal.Instant.from(text);
    const late = at('2026-11-24T10:00:00.123Z');
    const early = at('2026-11-24T09:00:00Z');
    await keys.recordUse(
      new Map([
        [one.id, late],
        [two.id, early],
      ]),
    );
    await keys.recordUse(new Map([[one.id, early]]));
    const uses = async (short: string) => String((await keys.findByShort(short))?.lastUsedAt);
    expect(await uses(one.short)).toBe(String(late));
    expect(await uses(two.short)).toBe(String(early));
    expect(await uses(idle.short)).toBe('null');
  });

  test.each([
    ['an empty name', { name: '' }],
    ['no scopes', { scopes: [] }],
    ['an unknown scope', { scopes: ['write'] }],
  ])('%s is rejected by a constraint', async (_name, wrong) => {
    const { short, hash } = makeKey();
    const row = { id: uuid(), short, hash, name: 'a', scopes: ['read'], ...wrong };
    await expect(db.database('api_keys').insert(row)).rejects.toMatchObject({ code: '23514' });
  });
});

test('the migration gives written chapters their order', async () => {
  const { up, down } = await import('../../migrations/2026-11-24-gateway.js');
  await down(db.database);
  await db.database('characters').insert({ id: 'texas', profile: {}, profile_hash: 'one' });
  const generation = { character_id: 'texas', date: '2026-11-23', ordinal: 1, profile_hash: 'one' };
  const id = uuid();
  await db.database('generations').insert({ ...generation, id, author: 'offline' });
  const writtenAt = ['2026-11-23T04:03:00Z', null, '2026-11-23T04:01:00Z', '2026-11-23T04:02:00Z'];
  await db.database('chapters').insert(
    writtenAt.map((written_at, position) => ({
      generation_id: id,
      position,
      slots: '[]',
      written_at,
    })),
  );
  await up(db.database);
  const rows = await db.database('chapters').orderBy('position').select('written_order');
  expect(rows.map((row) => row.written_order)).toEqual([3, null, 1, 2]);
});
