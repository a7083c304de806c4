import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import type { ScheduledGeneration } from '@texas-ai/life';
import { buildProfile, makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import { insertDay, insertGeneration } from '../../../test/generations.js';

let db: TestDatabase;

beforeAll(async () => {
  db = await makeTestDatabase();
  await db.store.characters.synchronise(
    ['texas', 'lin'].map((id) => ({ profile: buildProfile('zh', { id }), hash: `hash of ${id}` })),
  );
});
afterAll(() => db.drop());
beforeEach(async () => {
  for (const table of ['days', 'generations']) await db.database(table).delete();
});

const fallbackAt = Temporal.Instant.from('2026-11-22T21:00:00Z');

function wanted(overrides: Partial<ScheduledGeneration> = {}): ScheduledGeneration {
  return {
    character: 'texas',
    date: Temporal.PlainDate.from('2026-11-23'),
    author: 'gemini',
    fallback: null,
    chaptersWanted: null,
    fallbackAt,
    ...overrides,
  };
}

const begin = (...all: ScheduledGeneration[]) => db.store.schedule.begin(all);
const row = (id: string) => db.database('generations').where({ id }).first();
const rows = () => db.database('generations').orderBy('ordinal').select('id', 'status', 'ordinal');

test('a day without any generation begins as given', async () => {
  const [plain, offline] = await begin(
    wanted({ chaptersWanted: 2 }),
    wanted({
      character: 'lin',
      author: 'offline',
      fallback: { from: 'gemini', code: 'budget_exhausted', message: 'The budget has no room.' },
      fallbackAt: null,
    }),
  );
  expect(plain).toMatchObject({
    generation: {
      character: 'texas',
      date: Temporal.PlainDate.from('2026-11-23'),
      status: 'queued',
      author: 'gemini',
      run: 1,
      ordinal: 1,
      chaptersWanted: 2,
      askedBy: 'night',
      fallback: null,
      requestId: null,
    },
    missingChapters: [],
  });
  expect(await row(plain?.generation.id ?? '')).toMatchObject({
    profile_hash: 'hash of texas',
    fallback_at: fallbackAt,
  });
  expect(offline?.generation).toMatchObject({
    author: 'offline',
    fallback: { from: 'gemini', code: 'budget_exhausted', reason: 'The budget has no room.' },
  });
  expect(await begin()).toEqual([]);
});

test('a day in flight or already live is left alone', async () => {
  const statuses = ['queued', 'planning', 'writing', 'publishing'] as const;
  for (const [index, status] of statuses.entries()) {
    await insertGeneration(db, { status, date: `2026-11-0${index + 1}` });
  }
  await insertDay(db, { date: '2026-11-05' });
  // A rewrite failed since, so the day is still live.
  await insertDay(db, { date: '2026-11-06' });
  await insertGeneration(db, { date: '2026-11-06', status: 'failed', ordinal: 2 });
  const all = [1, 2, 3, 4, 5, 6].map((day) =>
    wanted({ date: new Temporal.PlainDate(2026, 11, day) }),
  );
  expect(await begin(...all)).toEqual([]);
  expect(await rows()).toHaveLength(7);
  // The same dates of another character are not affected.
  const others = all.map((each) => ({ ...each, character: 'lin' }));
  expect(await begin(...others)).toHaveLength(6);
  expect(await begin(...others)).toEqual([]);
});

test('after a cancelled generation another begins', async () => {
  await insertGeneration(db, { status: 'failed' });
  await insertGeneration(db, { status: 'cancelled', ordinal: 2 });
  expect(await begin(wanted())).toMatchObject([{ generation: { ordinal: 3, run: 1 } }]);
});

test('an unknown character is ignored', async () => {
  expect(await begin(wanted({ character: 'nobody' }), wanted())).toHaveLength(1);
});

test.each([
  ['queued', [], []],
  ['writing', [true, false, false], [1, 2]],
  ['publishing', [true, true], []],
] as const)(
  'the newest failed generation is resumed where it stopped: %s',
  async (status, chapters, missing) => {
    const tried = { run: 4, calls: 9, plan_tries: 3, plan_failures: 4, asked_by: 'person' };
    const older = await insertGeneration(db, { status: 'failed' });
    const id = await insertGeneration(db, { ...tried, status: 'failed', ordinal: 2, chapters });
    for (const each of [older, id]) {
      await db
        .database('chapters')
        .where({ generation_id: each })
        .update({ tries: 5, failures: 4 });
    }
    const [needs, ...others] = await begin(wanted());
    expect(others).toEqual([]);
    expect(needs).toMatchObject({
      generation: { id, status, run: 5, error: null, finishedAt: null, askedBy: 'night' },
      missingChapters: missing,
    });
    expect(await row(id)).toMatchObject({
      calls_before: 9,
      plan_tries: 0,
      plan_failures: 0,
      fallback_at: fallbackAt,
    });
    const tries = await db
      .database('chapters')
      .where({ generation_id: id })
      .select('tries', 'failures');
    expect(tries).toEqual(chapters.map(() => ({ tries: 0, failures: 0 })));
    expect(await row(older)).toMatchObject({ status: 'failed', run: 1 });
    expect(await begin(wanted())).toEqual([]);
  },
);

test('a failed generation of another author is not resumed', async () => {
  const failed = await insertGeneration(db, { status: 'failed', author: 'offline' });
  const [needs] = await begin(wanted());
  expect(needs?.generation).toMatchObject({ author: 'gemini', ordinal: 2, status: 'queued' });
  expect(await row(failed)).toMatchObject({ status: 'failed', run: 1 });
});

test('new and failed generations begin together', async () => {
  const id = await insertGeneration(db, { status: 'failed' });
  const begun = await begin(wanted(), wanted({ character: 'lin' }));
  const byCharacter = new Map(begun.map(({ generation }) => [generation.character, generation]));
  expect(byCharacter.get('texas')).toMatchObject({ id, run: 2 });
  expect(byCharacter.get('lin')).toMatchObject({ run: 1 });
});

test('many processes that begin the same days at once begin each once', async () => {
  await insertGeneration(db, { status: 'failed' });
  const both = [wanted(), wanted({ character: 'lin' })];
  const begun = await Promise.all(Array.from({ length: 10 }, () => begin(...both)));
  expect(begun.flat()).toHaveLength(2);
});
