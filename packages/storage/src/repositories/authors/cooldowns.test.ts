import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Temporal } from '@texas-ai/kernel';
import type { Cooldown, CooldownRepository } from '@texas-ai/life';
import { makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import { openPool } from '../../../test/calls.js';
import type { Database } from '../../database/database.js';
import { makeStore } from '../../store.js';

let db: TestDatabase;
let pool: Database;
let cooldowns: CooldownRepository;
let now: Temporal.Instant;

beforeAll(async () => {
  db = await makeTestDatabase();
  pool = await openPool(db, 12);
  ({ cooldowns } = makeStore(pool));
  now = await db.store.now();
});
afterAll(async () => {
  await pool.destroy();
  await db.drop();
});
beforeEach(async () => {
  await db.database('author_holds').delete();
});

const inMinutes = (minutes: number) => now.add({ minutes });
const key = { author: 'gemini', fingerprint: 'a-key' } as const;

function cooldown(code: Cooldown['code'], minutes: number): Cooldown {
  return { ...key, code, reason: `${code} for ${minutes}`, until: inMinutes(minutes) };
}
const quota = (minutes: number) => cooldown('author_rate_limited', minutes);
const refused = (minutes: number) => cooldown('author_unauthorized', minutes);

/** Each cooldown's code and reason, and the minutes until it ends. */
async function listed() {
  return (await cooldowns.list()).map(({ code, reason, until }) => [
    code,
    reason,
    until.since(now).total({ unit: 'minutes' }),
  ]);
}

describe('beginning a cooldown', () => {
  test('returns whether the author was not cooling down before', async () => {
    expect(await cooldowns.begin(quota(5))).toBe(true);
    expect(await cooldowns.begin(quota(10))).toBe(false);
    expect(await cooldowns.begin(quota(5))).toBe(false);
    expect(await cooldowns.begin({ ...quota(5), fingerprint: 'another-key' })).toBe(true);
    expect(await cooldowns.begin(refused(5))).toBe(false);
  });

  test('begins another after an expired one', async () => {
    await cooldowns.begin(quota(-1));
    expect(await cooldowns.begin(quota(5))).toBe(true);
    expect(await listed()).toEqual([['author_rate_limited', 'author_rate_limited for 5', 5]]);
  });

  test('returns true to only one of many processes whose calls failed at once', async () => {
    for (let round = 0; round < 10; round++) {
      await cooldowns.end(key);
      if (round % 2 === 1) await cooldowns.begin(quota(-1));
      const began = await Promise.all(Array.from({ length: 12 }, () => cooldowns.begin(quota(5))));
      expect(began.filter(Boolean)).toHaveLength(1);
    }
  });

  test('keeps a longer one, with its reason', async () => {
    await cooldowns.begin(quota(60));
    await cooldowns.begin(quota(1));
    expect(await listed()).toEqual([['author_rate_limited', 'author_rate_limited for 60', 60]]);
    await cooldowns.begin(quota(90));
    expect(await listed()).toEqual([['author_rate_limited', 'author_rate_limited for 90', 90]]);
  });

  test('turns the cooldown of an exhausted key into that of a refused one, which is probed', async () => {
    await cooldowns.begin(quota(600));
    expect(await cooldowns.begin(refused(5))).toBe(false);
    expect(await listed()).toEqual([['author_unauthorized', 'author_unauthorized for 5', 5]]);
  });

  test.each([-1, 5])(
    'never makes a refused key one that comes back by itself, nor tries it later (%i)',
    async (minutes) => {
      await cooldowns.begin(refused(minutes));
      expect(await cooldowns.begin(quota(600))).toBe(false);
      expect(await listed()).toEqual([
        ['author_unauthorized', `author_unauthorized for ${minutes}`, minutes],
      ]);
    },
  );
});

describe('the probe of a refused key', () => {
  test('is claimed by only one of many processes, and is due again at the given time', async () => {
    await cooldowns.begin(refused(0));
    const take = (at: number, next: number) =>
      cooldowns.claimProbe(key, inMinutes(at), inMinutes(next));
    for (const at of [0, 5, 10]) {
      const taken = await Promise.all(Array.from({ length: 12 }, () => take(at, at + 5)));
      expect([at, taken.filter(Boolean).length]).toEqual([at, 1]);
    }
    expect(await take(14, 20)).toBe(false);
  });

  test('cannot be claimed for a key that is not refused', async () => {
    await cooldowns.begin(quota(-1));
    expect(await cooldowns.claimProbe(key, now, inMinutes(5))).toBe(false);
    await cooldowns.begin({ ...refused(-1), fingerprint: 'another-key' });
    expect(await cooldowns.claimProbe(key, now, inMinutes(5))).toBe(false);
  });
});

describe('a cooldown of one model', () => {
  const refusedModel = (): Cooldown => ({
    ...cooldown('author_model_unavailable', 0),
    model: 'gemini-2.5-flash',
  });
  const ofModel = { ...key, model: 'gemini-2.5-flash' };

  test('coexists with those of its key and of other models', async () => {
    expect(await cooldowns.begin(quota(5))).toBe(true);
    expect(await cooldowns.begin(refusedModel())).toBe(true);
    expect(await cooldowns.begin({ ...refusedModel(), model: 'a model of two words' })).toBe(true);
    expect((await cooldowns.list()).map(({ code, model }) => [code, model])).toEqual([
      ['author_rate_limited', undefined],
      ['author_model_unavailable', 'a model of two words'],
      ['author_model_unavailable', 'gemini-2.5-flash'],
    ]);
  });

  test('is probed and ended independently of that of its key', async () => {
    await cooldowns.begin(refused(0));
    await cooldowns.begin(refusedModel());
    expect(await cooldowns.claimProbe(ofModel, now, inMinutes(5))).toBe(true);
    expect(await cooldowns.claimProbe(ofModel, now, inMinutes(5))).toBe(false);
    expect(await cooldowns.claimProbe(key, now, inMinutes(5))).toBe(true);
    await cooldowns.end(ofModel);
    expect((await cooldowns.list()).map(({ code }) => code)).toEqual(['author_unauthorized']);
  });

  test('does not expire, but is removed once it is no longer probed', async () => {
    await cooldowns.begin(refusedModel());
    expect(await cooldowns.expire(inMinutes(60))).toBe(0);
    expect(await cooldowns.removeAbandoned(inMinutes(-1))).toEqual([]);
    expect(await cooldowns.removeAbandoned(inMinutes(1))).toEqual([ofModel]);
  });
});

test.each([
  'author_model_unavailable',
  'author_quota_unavailable',
  'author_balance_exhausted',
  'author_location_unsupported',
] as const)('a cooldown with %s lasts until a probe succeeds', async (code) => {
  await cooldowns.begin(quota(600));
  expect(await cooldowns.begin(cooldown(code, 0))).toBe(false);
  expect(await cooldowns.begin(quota(600))).toBe(false);
  expect(await cooldowns.expire(inMinutes(60))).toBe(0);
  expect(await cooldowns.claimProbe(key, inMinutes(0), inMinutes(5))).toBe(true);
});

test('ending the cooldown of a key leaves those of other keys', async () => {
  await cooldowns.begin(refused(5));
  await cooldowns.begin({ ...quota(5), fingerprint: 'another-key' });
  await cooldowns.begin({ ...quota(5), author: 'offline' });
  await cooldowns.end(key);
  expect((await cooldowns.list()).map(({ author, fingerprint }) => [author, fingerprint])).toEqual([
    ['gemini', 'another-key'],
    ['offline', 'a-key'],
  ]);
  expect(await cooldowns.begin(quota(5))).toBe(true);
});
