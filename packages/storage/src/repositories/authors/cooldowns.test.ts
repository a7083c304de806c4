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

function hold(code: Cooldown['code'], minutes: number): Cooldown {
  return { ...key, code, reason: `${code} for ${minutes}`, until: inMinutes(minutes) };
}
const quota = (minutes: number) => hold('author_rate_limited', minutes);
const refused = (minutes: number) => hold('author_unauthorized', minutes);

/** How each hold stands: its code, its reason and the minutes that are left of it. */
async function standing() {
  const held = await cooldowns.list();
  return held.map(({ code, reason, until }) => [
    code,
    reason,
    until.since(now).total({ unit: 'minutes' }),
  ]);
}

describe('putting a hold', () => {
  test('tells whether the author was not held before', async () => {
    expect(await cooldowns.begin(quota(5))).toBe(true);
    expect(await cooldowns.begin(quota(10))).toBe(false);
    expect(await cooldowns.begin(quota(5))).toBe(false);
    expect(await cooldowns.begin({ ...quota(5), fingerprint: 'another-key' })).toBe(true);
    expect(await cooldowns.begin(refused(5))).toBe(false);
  });

  test('begins one anew after one that is over', async () => {
    await cooldowns.begin(quota(-1));
    expect(await cooldowns.begin(quota(5))).toBe(true);
    expect(await standing()).toEqual([['author_rate_limited', 'author_rate_limited for 5', 5]]);
  });

  test('begins for one alone of many whose calls were refused at once', async () => {
    for (let round = 0; round < 10; round++) {
      await cooldowns.end(key);
      if (round % 2 === 1) await cooldowns.begin(quota(-1));
      const began = await Promise.all(Array.from({ length: 12 }, () => cooldowns.begin(quota(5))));
      expect(began.filter(Boolean)).toHaveLength(1);
    }
  });

  test('leaves one that lasts longer as it is, with its reason', async () => {
    await cooldowns.begin(quota(60));
    await cooldowns.begin(quota(1));
    expect(await standing()).toEqual([['author_rate_limited', 'author_rate_limited for 60', 60]]);
    await cooldowns.begin(quota(90));
    expect(await standing()).toEqual([['author_rate_limited', 'author_rate_limited for 90', 90]]);
  });

  test('makes a spent key a refused one, which is tried as soon as such a key is', async () => {
    await cooldowns.begin(quota(600));
    expect(await cooldowns.begin(refused(5))).toBe(false);
    expect(await standing()).toEqual([['author_unauthorized', 'author_unauthorized for 5', 5]]);
  });

  test.each([-1, 5])(
    'never makes a refused key one that comes back by itself, nor tries it later (%i)',
    async (minutes) => {
      await cooldowns.begin(refused(minutes));
      expect(await cooldowns.begin(quota(600))).toBe(false);
      expect(await standing()).toEqual([
        ['author_unauthorized', `author_unauthorized for ${minutes}`, minutes],
      ]);
    },
  );
});

describe('the trial of a refused key', () => {
  test('is taken by one alone of many, and comes again at the time that was named', async () => {
    await cooldowns.begin(refused(0));
    const take = (at: number, next: number) =>
      cooldowns.claimProbe(key, inMinutes(at), inMinutes(next));
    for (const at of [0, 5, 10]) {
      const taken = await Promise.all(Array.from({ length: 12 }, () => take(at, at + 5)));
      expect([at, taken.filter(Boolean).length]).toEqual([at, 1]);
    }
    expect(await take(14, 20)).toBe(false);
  });

  test('is none where the key is not refused, or another one is', async () => {
    await cooldowns.begin(quota(-1));
    expect(await cooldowns.claimProbe(key, now, inMinutes(5))).toBe(false);
    await cooldowns.begin({ ...refused(-1), fingerprint: 'another-key' });
    expect(await cooldowns.claimProbe(key, now, inMinutes(5))).toBe(false);
  });
});

describe('a hold of one model', () => {
  const refusedModelHold = (): Cooldown => ({
    ...hold('author_model_unavailable', 0),
    model: 'gemini-2.5-flash',
  });
  const ofModel = { ...key, model: 'gemini-2.5-flash' };

  test('stands beside that of its key and those of other models, and names what it is of', async () => {
    expect(await cooldowns.begin(quota(5))).toBe(true);
    expect(await cooldowns.begin(refusedModelHold())).toBe(true);
    expect(await cooldowns.begin({ ...refusedModelHold(), model: 'a model of two words' })).toBe(
      true,
    );
    expect((await cooldowns.list()).map(({ code, model }) => [code, model])).toEqual([
      ['author_rate_limited', undefined],
      ['author_model_unavailable', 'a model of two words'],
      ['author_model_unavailable', 'gemini-2.5-flash'],
    ]);
  });

  test('is probed and lifted by itself', async () => {
    await cooldowns.begin(refused(0));
    await cooldowns.begin(refusedModelHold());
    expect(await cooldowns.claimProbe(ofModel, now, inMinutes(5))).toBe(true);
    expect(await cooldowns.claimProbe(ofModel, now, inMinutes(5))).toBe(false);
    expect(await cooldowns.claimProbe(key, now, inMinutes(5))).toBe(true);
    await cooldowns.end(ofModel);
    expect((await cooldowns.list()).map(({ code }) => code)).toEqual(['author_unauthorized']);
  });

  test('is forgotten once nobody probes it, and does not end by itself', async () => {
    await cooldowns.begin(refusedModelHold());
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
] as const)('%s lasts until a probe succeeds, as a refused key does', async (code) => {
  await cooldowns.begin(quota(600));
  expect(await cooldowns.begin(hold(code, 0))).toBe(false);
  expect(await cooldowns.begin(quota(600))).toBe(false);
  expect(await cooldowns.expire(inMinutes(60))).toBe(0);
  expect(await cooldowns.claimProbe(key, inMinutes(0), inMinutes(5))).toBe(true);
});

test('lifting a hold lifts that of the key alone', async () => {
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
