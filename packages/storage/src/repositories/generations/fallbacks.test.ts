import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import type { Cooldown } from '@texas-ai/life';
import { buildProfile, makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import { buildCall } from '../../../test/calls.js';
import { insertDay, insertGeneration } from '../../../test/generations.js';

let db: TestDatabase;
let generations: TestDatabase['store']['generations'];
let now: Temporal.Instant;

beforeAll(async () => {
  db = await makeTestDatabase();
  ({ generations } = db.store);
  now = await db.store.now();
  await db.store.characters.synchronise([
    { profile: buildProfile('zh', { id: 'texas', timeZone: 'Asia/Shanghai' }), hash: 'one' },
    { profile: buildProfile('en', { id: 'robin', timeZone: 'America/New_York' }), hash: 'two' },
  ]);
});
afterAll(() => db.drop());
beforeEach(async () => {
  for (const table of [
    'days',
    'generations',
    'author_holds',
    'author_calls',
    'spending',
    'spending_shards',
  ]) {
    await db.database(table).delete();
  }
});

const inHours = (hours: number) => now.add({ hours });

function cooldown(overrides: Partial<Cooldown> = {}): Cooldown {
  return {
    author: 'gemini',
    fingerprint: 'a-key',
    code: 'author_rate_limited',
    reason: 'Too many calls.',
    until: inHours(6),
    ...overrides,
  };
}
const refused = () => cooldown({ code: 'author_unauthorized', until: inHours(-1) });

/** Begins a cooldown, an hour ago. */
async function beginAnHourAgo(target: Cooldown): Promise<void> {
  await db.store.cooldowns.begin(target);
  await db.database('author_holds').update({ since: inHours(-1).toString() });
}

/** Stores an answered call with this key. */
async function answer(fingerprint: string): Promise<void> {
  const { id } = (await generations.findAll(await ids()))[0] ?? { id: '' };
  const opened = await db.store.ledger.open(buildCall(id, { fingerprint }));
  if (opened.kind !== 'opened') throw new Error(`The call is ${opened.kind}.`);
  await db.store.ledger.close(opened.id, { outcome: 'answered', usage: null });
}
const ids = async () => (await db.database('generations').select('id')).map(({ id }) => id);

describe('falling back', () => {
  test('hands the missing chapters to the offline author, under a new run', async () => {
    const chapters = [true, false, false];
    const id = await insertGeneration(db, { status: 'writing', run: 3, chapters, plan_tries: 2 });
    expect(
      await generations.fallBack(id, 3, { code: 'author_blocked', message: 'A filter did.' }),
    ).toMatchObject({
      generation: {
        author: 'offline',
        status: 'writing',
        run: 4,
        fallback: {
          from: 'gemini',
          to: 'offline',
          code: 'author_blocked',
          reason: 'A filter did.',
        },
      },
      missingChapters: [1, 2],
    });
    expect(
      await generations.fallBack(id, null, { code: 'author_blocked', message: '' }),
    ).toBeNull();
  });

  test('without a plan starts with the plan', async () => {
    const id = await insertGeneration(db, { status: 'planning' });
    const fallen = await generations.fallBack(id, null, { code: 'author_timeout', message: '' });
    expect(fallen).toMatchObject({ generation: { status: 'queued' }, missingChapters: [] });
  });

  test('changes nothing once all chapters are written, or for another run', async () => {
    for (const [index, status] of (
      ['publishing', 'published', 'failed', 'cancelled'] as const
    ).entries()) {
      const id = await insertGeneration(db, { status, ordinal: index + 1 });
      expect(
        await generations.fallBack(id, null, { code: 'author_timeout', message: '' }),
      ).toBeNull();
    }
    const id = await insertGeneration(db, { run: 2, date: '2026-11-24' });
    expect(await generations.fallBack(id, 1, { code: 'author_timeout', message: '' })).toBeNull();
  });
});

describe('overdue generations', () => {
  const both = ['gemini', 'offline'] as const;
  const due = async () =>
    (await generations.overdue({ now, available: both, atOnce: [], limit: 10 })).map(
      ({ id }) => id,
    );

  test('are in flight, past their time, with their author in a cooldown', async () => {
    await insertGeneration(db, { date: '2026-11-01', fallback_at: inHours(1) });
    await insertGeneration(db, { date: '2026-11-02' });
    await insertGeneration(db, { date: '2026-11-03', fallback_at: inHours(-1), status: 'failed' });
    const late = { fallback_at: inHours(-1).toString() };
    await insertGeneration(db, { ...late, date: '2026-11-04', status: 'publishing' });
    await insertGeneration(db, { ...late, date: '2026-11-05', author: 'offline' });
    const planned = await insertGeneration(db, { ...late, date: '2026-11-06', status: 'writing' });
    const queued = await insertGeneration(db, { ...late, date: '2026-11-07' });
    expect(await due()).toEqual([]);
    await db.store.cooldowns.begin(cooldown());
    const why = { code: 'author_rate_limited', message: 'Too many calls.' };
    expect(await generations.overdue({ now, available: both, atOnce: [], limit: 10 })).toEqual([
      { id: planned, ...why },
      { id: queued, ...why },
    ]);
    expect(await generations.overdue({ now, available: both, atOnce: [], limit: 1 })).toHaveLength(
      1,
    );
  });

  test('include those whose author no worker can call', async () => {
    await insertGeneration(db, { date: '2026-11-01', fallback_at: inHours(1) });
    const id = await insertGeneration(db, { fallback_at: inHours(-1) });
    await insertGeneration(db, { date: '2026-11-05', author: 'offline', fallback_at: inHours(-1) });
    expect(
      await generations.overdue({ now, available: ['offline'], atOnce: [], limit: 10 }),
    ).toEqual([{ id, code: 'author_held', message: 'No worker can call gemini.' }]);
    expect(await generations.overdue({ now, available: [], atOnce: [], limit: 10 })).toHaveLength(
      1,
    );
  });

  test('include at once those a person waits for, if only an operator can end the cooldown', async () => {
    const late = { fallback_at: inHours(6).toString() };
    const asked = await insertGeneration(db, { ...late, date: '2026-11-01', asked_by: 'person' });
    await insertGeneration(db, { ...late, date: '2026-11-02', asked_by: 'night' });
    const codes = ['author_unauthorized', 'author_model_unavailable'] as const;
    const found = async () =>
      (await generations.overdue({ now, available: both, atOnce: codes, limit: 10 })).map(
        ({ id }) => id,
      );
    await db.store.cooldowns.begin(cooldown());
    expect(await found()).toEqual([]);
    await db.store.cooldowns.begin(
      cooldown({ code: 'author_model_unavailable', model: 'scripted' }),
    );
    expect(await found()).toEqual([asked]);
    expect(await due()).toEqual([]);
  });

  test('end with the cooldown; that of a refused key does not expire', async () => {
    const id = await insertGeneration(db, { fallback_at: inHours(-1) });
    await db.store.cooldowns.begin(cooldown({ until: inHours(-1) }));
    expect(await due()).toEqual([]);
    await db.store.cooldowns.begin(refused());
    expect(await due()).toEqual([id]);
  });

  test('do not exist while the author answers with another key', async () => {
    const id = await insertGeneration(db, { fallback_at: inHours(-1) });
    await answer('another-key');
    await db.database('author_calls').update({ opened_at: inHours(-2).toString() });
    await beginAnHourAgo(refused());
    expect(await due()).toEqual([id]);
    expect((await generations.find(id))?.waiting).toMatchObject({ reason: 'Too many calls.' });
    await answer('another-key');
    expect(await due()).toEqual([]);
    expect((await generations.find(id))?.waiting).toBeNull();
  });
});

describe('days to rewrite', () => {
  const fallen = {
    author: 'offline',
    fallback_from: 'gemini',
    fallback_code: 'author_unauthorized',
  } as const;
  const at = Temporal.Instant.from('2026-11-23T02:00:00Z');
  const found = async () => (await generations.toRewrite('gemini', at, 10)).map(({ id }) => id);

  test('are those from the local date on that the offline author finished', async () => {
    await insertDay(db, { ...fallen, date: '2026-11-22' });
    const today = await insertDay(db, { ...fallen, date: '2026-11-23' });
    const tomorrow = await insertDay(db, { ...fallen, date: '2026-11-24' });
    await insertDay(db, { date: '2026-11-25' });
    // In New York it is still the previous evening.
    const robins = await insertDay(db, { ...fallen, character_id: 'robin', date: '2026-11-22' });
    expect(await found()).toEqual([robins, today, tomorrow]);
    expect(await generations.toRewrite('gemini', at, 2)).toHaveLength(2);
    await generations.markRewritten(today);
    expect(await found()).toEqual([robins, tomorrow]);
  });

  test('leave out replaced generations', async () => {
    await insertDay(db, fallen);
    await insertDay(db, { ordinal: 2 });
    expect(await found()).toEqual([]);
  });

  test('wait for the end of the cooldown', async () => {
    const day = await insertDay(db, fallen);
    await beginAnHourAgo(cooldown({ until: at.add({ hours: 24 * 3650 }) }));
    expect(await found()).toEqual([]);
    await answer('another-key');
    expect(await found()).toEqual([day]);
  });

  test('leave out those without a budget', async () => {
    await insertDay(db, { ...fallen, fallback_code: 'budget_exhausted' });
    await answer('a-key');
    expect(await found()).toEqual([]);
  });

  test('wait for an answer of the author after other failures', async () => {
    await insertGeneration(db, { date: '2026-12-01' });
    await answer('a-key');
    const day = await insertDay(db, { ...fallen, fallback_code: 'author_blocked' });
    expect(await found()).toEqual([]);
    await answer('a-key');
    expect(await found()).toEqual([day]);
  });

  test('are rewritten once, even if the rewrite falls back again', async () => {
    const first = await insertDay(db, fallen);
    await generations.markRewritten(first);
    await insertDay(db, { ...fallen, ordinal: 2 });
    expect(await found()).toEqual([]);
    // Other dates are not affected.
    const next = await insertDay(db, { ...fallen, date: '2026-11-24' });
    expect(await found()).toEqual([next]);
  });
});
