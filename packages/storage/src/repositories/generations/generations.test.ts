import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import { buildProfile, makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import { insertGeneration } from '../../../test/generations.js';

const inFlight = ['queued', 'planning', 'writing', 'publishing'] as const;
const over = ['published', 'failed', 'cancelled'] as const;

let db: TestDatabase;
let generations: TestDatabase['store']['generations'];
let now: Temporal.Instant;

beforeAll(async () => {
  db = await makeTestDatabase();
  ({ generations } = db.store);
  await db.store.characters.synchronise([
    { profile: buildProfile('zh', { id: 'texas' }), hash: 'one' },
  ]);
});
afterAll(() => db.drop());
beforeEach(async () => {
  await db.database('generations').delete();
  now = await db.store.now();
});

const since = (hours: number) => now.subtract({ minutes: hours * 60 });
const hoursAgo = (hours: number) => since(hours).toString();
const idsOf = (found: readonly { generation: { id: string } }[]) =>
  found.map(({ generation }) => generation.id);

/** One generation of each status, each on its own date. */
async function oneOfEach(fields: Record<string, unknown> = {}): Promise<Record<string, string>> {
  const ids: Record<string, string> = {};
  for (const [index, status] of [...inFlight, ...over].entries()) {
    ids[status] = await insertGeneration(db, { ...fields, status, date: `2026-11-0${index + 1}` });
  }
  return ids;
}
const all = async (column: string) =>
  Object.fromEntries(
    (await db.database('generations').select('status', column)).map((row) => [
      row.status,
      row[column],
    ]),
  );

describe('stale generations', () => {
  test('are in flight, the oldest first, with their missing chapters', async () => {
    const ids = await oneOfEach({ touched_at: hoursAgo(2) });
    await insertGeneration(db, { touched_at: hoursAgo(0.5), date: '2026-12-01' });
    const older = await insertGeneration(db, {
      touched_at: hoursAgo(1.5),
      created_at: hoursAgo(3),
      date: '2026-12-02',
      status: 'writing',
      chapters: [false, true, false],
    });
    const found = await generations.staleSince(since(1), 10);
    expect(idsOf(found)).toEqual([older, ...inFlight.map((status) => ids[status])]);
    expect(found[0]?.missingChapters).toEqual([0, 2]);
    expect(idsOf(await generations.staleSince(since(1), 2))).toEqual([older, ids.queued]);
    expect(await generations.staleSince(since(3), 10)).toEqual([]);
  });

  test('are touched together, finished ones left as they are', async () => {
    const ids = await oneOfEach({ touched_at: hoursAgo(2) });
    await generations.touchAll([]);
    expect(await generations.staleSince(since(1), 10)).toHaveLength(inFlight.length);
    await generations.touchAll(Object.values(ids));
    expect(await generations.staleSince(since(1), 10)).toEqual([]);
    const touched = Object.entries(await all('touched_at')).filter(
      ([, at]) => Temporal.Instant.compare(at as Temporal.Instant, since(1)) > 0,
    );
    expect(touched.map(([status]) => status).sort()).toEqual([...inFlight].sort());
  });

  test('begin a new run together, finished ones do not', async () => {
    const ids = await oneOfEach({ touched_at: hoursAgo(2), run: 4 });
    const restarted = await generations.restartStale(Object.values(ids), since(1));
    const byId = new Map(restarted.map((needs) => [needs.generation.id, needs]));
    expect([...byId.keys()].sort()).toEqual(inFlight.map((status) => ids[status]).sort());
    expect(byId.get(ids.writing ?? '')).toMatchObject({
      generation: { run: 5, status: 'writing' },
      missingChapters: [0, 1],
    });
    expect(byId.get(ids.publishing ?? '')).toMatchObject({ missingChapters: [] });
    expect(await generations.staleSince(since(1), 10)).toEqual([]);
    const runs = Object.fromEntries([
      ...inFlight.map((status) => [status, 5]),
      ...over.map((status) => [status, 4]),
    ]);
    expect(await all('run')).toEqual(runs);
    expect(await generations.restartStale([], since(1))).toEqual([]);
    // A generation touched in the meantime is left alone.
    expect(await generations.restartStale(Object.values(ids), since(1))).toEqual([]);
  });
});

describe('a touch', () => {
  test('affects only the given run, and only in flight', async () => {
    const id = await insertGeneration(db, { run: 2, touched_at: hoursAgo(2) });
    await generations.touch(id, 1);
    expect(await generations.staleSince(since(1), 10)).toHaveLength(1);
    await generations.touch(id, 2);
    expect(await generations.staleSince(since(1), 10)).toEqual([]);
  });
});

describe('failing', () => {
  test('affects only the given run, in flight, and stores the reason', async () => {
    const ids = await oneOfEach({ run: 2 });
    for (const status of inFlight) {
      expect(
        await generations.fail(ids[status] ?? '', 1, { code: 'author_timeout', message: 'Late.' }),
      ).toBeNull();
      const failed = await generations.fail(ids[status] ?? '', 2, {
        code: 'author_timeout',
        message: 'x'.repeat(2_000),
      });
      expect(failed).toMatchObject({
        status: 'failed',
        error: { code: 'author_timeout', message: 'x'.repeat(1_000) },
      });
    }
    for (const status of over) {
      expect(
        await generations.fail(ids[status] ?? '', null, {
          code: 'author_timeout',
          message: 'Late.',
        }),
      ).toBeNull();
    }
  });
});

describe('unannounced generations', () => {
  test('are found by their age, the oldest first, until they are marked', async () => {
    await oneOfEach({ announced_at: hoursAgo(1) });
    const published = (hours: number, date: string) =>
      insertGeneration(db, { status: 'published', finished_at: hoursAgo(hours), date });
    const [second, first] = [await published(3, '2026-12-01'), await published(4, '2026-12-02')];
    await published(1, '2026-12-03');
    const found = await generations.unannounced(since(2), 10);
    expect(found).toMatchObject([
      { id: first, status: 'published', date: Temporal.PlainDate.from('2026-12-02') },
      { id: second },
    ]);
    expect(await generations.unannounced(since(2), 1)).toHaveLength(1);
    await generations.markAnnounced(first);
    expect(await generations.unannounced(since(2), 10)).toMatchObject([{ id: second }]);
    // Marking it again keeps the first time.
    const before = await all('announced_at');
    await generations.markAnnounced(first);
    expect(await all('announced_at')).toEqual(before);
  });
});
