import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import type { ScheduledGeneration } from '@texas-ai/life';
import { buildProfile, makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import { insertDay, insertGeneration } from '../../../test/generations.js';

// How a night begins its generations.

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

const beginNightly = (...all: ScheduledGeneration[]) => db.store.schedule.begin(all);
const row = (id: string) => db.database('generations').where({ id }).first();
const rows = () => db.database('generations').orderBy('ordinal').select('id', 'status', 'ordinal');

test('one that there is nothing of is begun as it was wanted', async () => {
  const [plain, offline] = await beginNightly(
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
    fallback: { from: 'gemini', code: 'budget_exhausted', message: 'The budget has no room.' },
  });
  expect(await beginNightly()).toEqual([]);
});

test('one that is in flight, or whose day is live, is left alone', async () => {
  const statuses = ['queued', 'planning', 'writing', 'publishing'] as const;
  for (const [index, status] of statuses.entries()) {
    await insertGeneration(db, { status, date: `2026-11-0${index + 1}` });
  }
  await insertDay(db, { date: '2026-11-05' });
  // Written anew since, in vain: the day is still there.
  await insertDay(db, { date: '2026-11-06' });
  await insertGeneration(db, { date: '2026-11-06', status: 'failed', ordinal: 2 });
  const all = [1, 2, 3, 4, 5, 6].map((day) =>
    wanted({ date: new Temporal.PlainDate(2026, 11, day) }),
  );
  expect(await beginNightly(...all)).toEqual([]);
  expect(await rows()).toHaveLength(7);
  // The same dates of another character are hers.
  const others = all.map((each) => ({ ...each, character: 'lin' }));
  expect(await beginNightly(...others)).toHaveLength(6);
  expect(await beginNightly(...others)).toEqual([]);
});

test('after one that was cancelled another begins', async () => {
  await insertGeneration(db, { status: 'failed' });
  await insertGeneration(db, { status: 'cancelled', ordinal: 2 });
  expect(await beginNightly(wanted())).toMatchObject([{ generation: { ordinal: 3, run: 1 } }]);
});

test('a character that there is none of is not begun', async () => {
  expect(await beginNightly(wanted({ character: 'nobody' }), wanted())).toHaveLength(1);
});

test.each([
  ['queued', [], []],
  ['writing', [true, false, false], [1, 2]],
  ['publishing', [true, true], []],
] as const)(
  'the newest that failed goes on where it stopped: %s',
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
    const [needs, ...others] = await beginNightly(wanted());
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
    expect(await beginNightly(wanted())).toEqual([]);
  },
);

test('a failed one of another author is not gone on with', async () => {
  const failed = await insertGeneration(db, { status: 'failed', author: 'offline' });
  const [needs] = await beginNightly(wanted());
  expect(needs?.generation).toMatchObject({ author: 'gemini', ordinal: 2, status: 'queued' });
  expect(await row(failed)).toMatchObject({ status: 'failed', run: 1 });
});

test('new ones and failed ones are begun together', async () => {
  const id = await insertGeneration(db, { status: 'failed' });
  const begun = await beginNightly(wanted(), wanted({ character: 'lin' }));
  const byCharacter = new Map(begun.map(({ generation }) => [generation.character, generation]));
  expect(byCharacter.get('texas')).toMatchObject({ id, run: 2 });
  expect(byCharacter.get('lin')).toMatchObject({ run: 1 });
});

test('many who begin the same at once begin it once', async () => {
  await insertGeneration(db, { status: 'failed' });
  const both = [wanted(), wanted({ character: 'lin' })];
  const begun = await Promise.all(Array.from({ length: 10 }, () => beginNightly(...both)));
  expect(begun.flat()).toHaveLength(2);
});
