import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { makeScriptedAuthor, type ScriptedAuthor, type TestDatabase } from '@texas-ai/testing';
import {
  clearSpending,
  type FleetOptions,
  makeFleet,
  makeFleetDatabase,
} from '../../test/fleet.js';
import { recoverStalled } from './recover-stalled.js';
import type { Step } from './steps.js';

// Generations whose jobs were lost.

let db: TestDatabase;

beforeAll(async () => {
  db = await makeFleetDatabase();
});
afterAll(() => db.drop());
beforeEach(() => clearSpending(db));

const fleet = (options: FleetOptions = {}) => makeFleet(db, options);

describe('lost jobs', () => {
  test('are enqueued under the same ids by a repeated request', async () => {
    const f = fleet();
    await f.request();
    f.steps.waiting.length = 0;
    const again = await f.request();
    expect(f.steps.waiting).toMatchObject([{ kind: 'plan-day', run: again.run }]);
    expect(again.run).toBe(1);
  });

  test('of a wiped queue are not restarted by a request while a call may be in flight', async () => {
    const good = makeScriptedAuthor();
    const askAgain = async () => {
      f.steps.waiting.length = 0;
      await f.request();
      expect(f.steps.waiting).toEqual([]);
    };
    const author: ScriptedAuthor = {
      ...good,
      writePlan: (brief, call) => askAgain().then(() => good.writePlan(brief, call)),
      writeChapter: (brief, call) => askAgain().then(() => good.writeChapter(brief, call)),
    };
    const f = fleet({ author });
    const { id } = await f.request();
    await f.work(f.take('plan-day'));
    expect(f.steps.waiting).toHaveLength(4);
    await f.workAll();
    expect(author.calls).toEqual({ plan: 1, chapter: [0] });
    // The loss is detected once the generation is not touched any more.
    await recoverStalled(f.deps, 0);
    expect(f.steps.waiting.filter(({ generationId }) => generationId === id)).toHaveLength(3);
  });

  test('that another worker receives during the call do not repeat it, and cost no try', async () => {
    const good = makeScriptedAuthor();
    const busy = async (step: Step) => {
      const refused = f.work(step);
      await expect(refused).rejects.toMatchObject({ code: 'call_in_flight' });
      const outcome = await f.handleFailure(step, await refused.catch((error) => error));
      expect(outcome).toEqual({ kind: 'handed-back', delayMs: 5_000 });
    };
    const author: ScriptedAuthor = {
      ...good,
      writePlan: (brief, call) => busy(plan).then(() => good.writePlan(brief, call)),
      writeChapter: (brief, call) => busy(chapter).then(() => good.writeChapter(brief, call)),
    };
    const f = fleet({ author });
    const { id } = await f.request();
    const plan = f.take('plan-day');
    await f.work(plan);
    const chapter = f.take('write-chapter');
    await f.work(chapter);
    // The job that was handed back finds its chapter stored.
    await f.work(plan);
    await f.work(chapter);
    expect(good.calls).toMatchObject({ plan: 1, chapter: [chapter.chapter] });
    expect(await f.now(id)).toMatchObject({ chapters: { written: 1 }, usage: { calls: 2 } });
    const counted = db.database('generations').where({ id });
    expect(await counted.first('plan_failures')).toEqual({ plan_failures: 0 });
  });

  test('are detected by missing touches, and waiting jobs are left alone', async () => {
    await db.database('generations').whereNull('finished_at').update({
      status: 'cancelled',
      finished_at: db.database.fn.now(),
    });
    const f = fleet();
    const [waiting, planned] = [await f.request(), await makeFleet(db).request()];
    expect(await recoverStalled(f.deps, 0)).toBe(1);
    expect(f.steps.waiting).toMatchObject([
      { generationId: waiting.id, run: 1 },
      { generationId: planned.id, run: 2 },
    ]);
    // The first job ended without a result and still occupies its id.
    const dead = f.take('plan-day');
    f.steps.endedIds.add(['plan-day', waiting.id, 1, undefined].join('-'));
    await recoverStalled(f.deps, 0);
    expect(f.steps.waiting.map(({ generationId, run }) => [generationId, run])).toContainEqual([
      waiting.id,
      2,
    ]);
    await f.work(dead);
    expect(f.author.calls.plan).toBe(0);
    await f.workAll();
    expect(await f.now(waiting.id)).toMatchObject({ status: 'published', run: 2 });
  });

  test('are not assumed while another chapter is active', async () => {
    const f = fleet();
    const requested = await f.request();
    await f.work(f.take('plan-day'));
    const [first, ...others] = f.steps.waiting;
    if (!first) throw new Error('There are chapters.');
    // The first chapter is stored between reading the row and reading the jobs.
    const { states } = f.steps;
    f.steps.states = async (steps) => {
      await f.work(first);
      return steps.map(({ chapter }) => (chapter === first.chapter ? 'ended' : 'active'));
    };
    f.steps.waiting.length = 0;
    expect(await f.request()).toMatchObject({ id: requested.id, run: 1 });
    f.steps.states = states;
    expect((await f.now(requested.id)).run).toBe(1);
    expect(others).toHaveLength(3);
  });

  test('are not restarted if the generation is touched in the meantime', async () => {
    const f = fleet();
    const requested = await f.request();
    f.steps.waiting.length = 0;
    const { states } = f.steps;
    f.steps.states = async (steps) => {
      await db
        .database('generations')
        .where({ id: requested.id })
        .update({
          touched_at: db.database.raw("now() + interval '1 minute'"),
        });
      return states(steps);
    };
    await recoverStalled(f.deps, 0);
    expect((await f.now(requested.id)).run).toBe(1);
  });

  test('are recovered in batches, and the others touched', async () => {
    await db.database('generations').whereNull('finished_at').update({
      status: 'cancelled',
      finished_at: db.database.fn.now(),
    });
    const f = fleet();
    await db.database.raw(
      `INSERT INTO generations (id, character_id, date, ordinal, author, profile_hash, touched_at)
       SELECT gen_random_uuid(), 'texas', '2031-01-01'::date + n, 1, 'gemini', 'hash-1',
         now() - interval '1 hour' FROM generate_series(1, 1200) AS n`,
    );
    f.steps.states = async (steps) => steps.map(() => 'waiting');
    const before = await f.store.now();
    expect(await recoverStalled(f.deps, 60_000)).toBe(0);
    expect(await f.store.generations.staleSince(before, 10)).toEqual([]);
    await db.database('generations').where('date', '>', '2031-01-01').delete();
  });

  test('are not assumed while one of several jobs is active', async () => {
    const f = fleet();
    const requested = await f.request();
    await f.work(f.take('plan-day'));
    f.steps.states = async (steps) => steps.map((_, index) => (index === 1 ? 'active' : 'none'));
    await recoverStalled(f.deps, 0);
    expect((await f.now(requested.id)).run).toBe(1);
  });
});
