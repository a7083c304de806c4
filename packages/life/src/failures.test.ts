import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Temporal, TexasError } from '@texas-ai/kernel';
import {
  buildPlanDraft,
  buildProfile,
  makeScriptedAuthor,
  makeTestDatabase,
  type TestDatabase,
} from '@texas-ai/testing';
import { type FleetOptions, makeFleet, noon } from '../test/fleet.js';
import { rewriteFallbacks } from './rewrite-fallbacks.js';
import type { Step } from './steps.js';
import { takeUpLost } from './take-up-lost.js';

let db: TestDatabase;

beforeAll(async () => {
  db = await makeTestDatabase();
  await db.store.characters.synchronise([
    { profile: buildProfile('zh', { id: 'texas', timeZone: 'Asia/Shanghai' }), hash: 'hash-1' },
  ]);
});
afterAll(() => db.drop());
beforeEach(async () => {
  await db.database('author_holds').delete();
  await db.database('spending').delete();
  await db.database('author_calls').delete();
});

const fleet = (options: FleetOptions = {}) => makeFleet(db, options);

function failing(code: ConstructorParameters<typeof TexasError>[0], details = {}) {
  const failure = new TexasError(code, 'It failed.', { details });
  const fail = () => {
    throw failure;
  };
  return { failure, author: makeScriptedAuthor({ plan: fail, chapter: fail }) };
}

/** Room in a bucket, or none for so long. */
const room = (fullForMs: number) => ({
  fullForMs,
  giveBack: async () => undefined,
  used: async () => undefined,
});

const text = (content: string) => ({
  content,
  emotions: ['calm'],
  thoughts: 'Hm.',
  interaction: 'Hello.',
});

async function slotsOf(step: Step): Promise<unknown[]> {
  const row = await db
    .database('chapters')
    .where({ generation_id: step.generationId, position: step.chapter ?? 0 })
    .first('slots');
  return row.slots;
}

describe('an answer that is unusable', () => {
  test('is asked for once more, quoting what was wrong', async () => {
    const quoted: string[][] = [];
    const f = fleet({
      author: makeScriptedAuthor({
        chapter: ({ slots }, { problems }) => {
          quoted.push([...problems]);
          const count = problems.length === 0 ? slots.length - 1 : slots.length;
          return { texts: Array.from({ length: count }, () => text('again')) };
        },
      }),
    });
    await f.request();
    await f.work(f.take('plan-day'));
    const step = f.take('write-chapter');
    await f.work(step);
    expect(quoted[0]).toEqual([]);
    expect(quoted[1]?.join(' ')).toMatch(/\d+/);
    expect(await f.now(step.generationId)).toMatchObject({
      chapters: { written: 1 },
      usage: { calls: 3 },
    });
  });

  test('twice is author_invalid_output, and both calls are on the bill', async () => {
    const author = makeScriptedAuthor({ plan: () => ({ error: 'I am sorry, I cannot.' }) });
    const f = fleet({ author });
    const asked = await f.request();
    await expect(f.work(f.take('plan-day'))).rejects.toMatchObject({
      code: 'author_invalid_output',
    });
    expect(await f.now(asked.id)).toMatchObject({ status: 'planning', usage: { calls: 2 } });
  });
});

describe('an answer that is unusable, where the author may not be asked again at once,', () => {
  test('counts as a failure: such days end, and are not paid for again and again', async () => {
    let takes = 0;
    const bucket = { take: async () => room(takes++ % 2 === 0 ? 0 : 30_000) };
    const author = makeScriptedAuthor({ plan: () => ({ error: 'I am sorry, I cannot.' }) });
    const f = fleet({ author, quotas: { bucket, day: null } });
    const asked = await f.request();
    const step = f.take('plan-day');
    const kinds: string[] = [];
    while (kinds.at(-1) !== 'failed' && kinds.length < 10) {
      const failure = await f.work(step).catch((error) => error);
      kinds.push((await f.settle(step, failure)).kind);
      await db.database('author_holds').delete();
    }
    expect(kinds).toEqual(['held', 'held', 'held', 'failed']);
    expect(await f.now(asked.id)).toMatchObject({
      error: { code: 'author_invalid_output' },
      usage: { calls: 4 },
    });
  });
});

describe('failures', () => {
  test('that may pass are tried four times, then the generation is failed and says why', async () => {
    const { failure, author } = failing('author_timeout');
    const f = fleet({ author });
    const asked = await f.request();
    const step = f.take('plan-day');
    const settled = [];
    for (let tries = 1; tries <= 4; tries++) {
      await expect(f.work(step)).rejects.toBe(failure);
      settled.push(await f.settle(step, failure));
    }
    expect(settled).toMatchObject([
      { kind: 'again', delayMs: 15_000 },
      { kind: 'again', delayMs: 60_000 },
      { kind: 'again', delayMs: 240_000 },
      { kind: 'failed', generation: { id: asked.id } },
    ]);
    expect(await f.now(asked.id)).toMatchObject({
      status: 'failed',
      error: { code: 'author_timeout', message: failure.message },
    });
  });

  test('leave what is stored: asked again it goes on at the first missing step, with new tries', async () => {
    const f = fleet();
    const asked = await f.request();
    await f.work(f.take('plan-day'));
    await f.work(f.take('write-chapter'));
    const failed = f.take('write-chapter');
    const refused = new TexasError('author_blocked', 'A filter stopped the text.');
    expect(await f.settle(failed, refused)).toMatchObject({ kind: 'failed' });
    // A chapter that was under way when the generation failed keeps its text and starts nothing.
    const texts = (await slotsOf(failed)).map(() => text('late but kept'));
    await f.store.generations.storeChapter(asked.id, failed.chapter ?? 0, texts);
    expect(await f.now(asked.id)).toMatchObject({ status: 'failed', chapters: { written: 2 } });
    f.steps.waiting.length = 0;
    const resumed = await f.request();
    expect(resumed).toMatchObject({ id: asked.id, status: 'writing', run: 2, error: null });
    expect(f.steps.waiting.map((step) => step.kind)).toEqual(['write-chapter', 'write-chapter']);
    await f.workAll();
    expect(await f.now(asked.id)).toMatchObject({ status: 'published' });
    expect(f.author.calls.plan).toBe(1);
  });

  test('of refused calls use up no call of the generation, however often they come', async () => {
    const refused = failing('author_rate_limited', { retryAfterMs: 1 });
    let calls = 0;
    const author = makeScriptedAuthor({
      plan: (brief) => {
        if (calls++ < 60) throw refused.failure;
        return buildPlanDraft(brief.profile.language);
      },
    });
    const f = fleet({ author });
    const asked = await f.request();
    const step = f.take('plan-day');
    for (let times = 0; times < 60; times++) {
      await expect(f.work(step)).rejects.toBe(refused.failure);
      await f.settle(step, refused.failure);
      await db.database('author_holds').delete();
    }
    await f.work(step);
    expect(await f.now(asked.id)).toMatchObject({ status: 'writing', usage: { calls: 61 } });
  });

  test('of a run that is over do not count for the next', async () => {
    const f = fleet();
    const asked = await f.request();
    const old = f.take('plan-day');
    await f.store.generations.fail(asked.id, 1, 'author_blocked', 'A filter stopped the text.');
    await f.request();
    await f.store.generations.beginPlan(asked.id, 2);
    await f.settle(old, new TexasError('author_timeout', 'It took too long.'));
    expect(
      await db.database('generations').where({ id: asked.id }).first('plan_tries', 'plan_failures'),
    ).toEqual({ plan_tries: 1, plan_failures: 0 });
  });

  test('of storage cost nothing, however often they come', async () => {
    const f = fleet();
    const asked = await f.request();
    const step = f.take('plan-day');
    const away = new TexasError('storage_unavailable', 'The database does not answer.');
    for (let times = 0; times < 30; times++) {
      await f.store.generations.beginPlan(asked.id, 1);
      expect(await f.settle(step, away)).toEqual({ kind: 'handed-back', delayMs: 5_000 });
    }
    await f.work(step);
    expect(await f.now(asked.id)).toMatchObject({ status: 'writing' });
  });

  test('nobody lives to tell of end after twenty tries', async () => {
    const f = fleet();
    const asked = await f.request();
    const step = f.take('plan-day');
    for (let times = 0; times < 20; times++) await f.store.generations.beginPlan(asked.id, 1);
    const stalled = f.work(step);
    await expect(stalled).rejects.toMatchObject({ code: 'step_stalled' });
    expect(f.author.calls.plan).toBe(0);
    const failure = await stalled.catch((error) => error);
    expect(await f.settle(step, failure)).toMatchObject({ kind: 'failed' });
  });
});

describe('an author that rests', () => {
  test('is asked for nothing by anybody until then; that costs no try', async () => {
    const { failure, author } = failing('author_rate_limited', { retryAfterMs: 60_000 });
    const f = fleet({ author, clock: { now: () => Temporal.Now.instant() } });
    const asked = await f.request();
    const step = f.take('plan-day');
    await expect(f.work(step)).rejects.toBe(failure);
    const settled = await f.settle(step, failure);
    expect(settled).toMatchObject({ kind: 'held', by: 'all', began: true });
    expect(author.calls.plan).toBe(1);
    for (let times = 0; times < 5; times++) {
      const refused = f.work(step);
      await expect(refused).rejects.toMatchObject({
        code: 'author_held',
        details: { code: 'author_rate_limited' },
      });
      const again = await f.settle(step, await refused.catch((error) => error));
      expect(again).toMatchObject({ kind: 'held', by: 'all', began: false });
    }
    expect(author.calls.plan).toBe(1);
    const { waiting, error, status } = await f.now(asked.id);
    expect([status, error]).toEqual(['planning', null]);
    expect(waiting?.reason).toBe('It failed.');
    const left = Temporal.Instant.from(waiting?.until ?? '').since(Temporal.Now.instant());
    expect(left.total('seconds')).toBeGreaterThan(50);
    expect(left.total('seconds')).toBeLessThan(70);
  });

  test('by our own rates leaves its place to others, says so, and costs neither try nor call', async () => {
    const bucket = { take: async () => room(42_000) };
    const f = fleet({
      quotas: { bucket, day: null },
      clock: { now: () => Temporal.Now.instant() },
      fallback: 'offline',
    });
    const asked = await f.request();
    const step = f.take('plan-day');
    const refused = f.work(step);
    await expect(refused).rejects.toMatchObject({ code: 'author_rate_limited' });
    const settled = await f.settle(step, await refused.catch((error) => error));
    expect(settled).toMatchObject({ kind: 'held', by: 'all', began: true });
    expect(f.author.calls.plan).toBe(0);
    const { waiting, usage } = await f.now(asked.id);
    expect(waiting?.reason).toMatch(/rate that is configured/);
    expect(usage.calls).toBe(0);
    expect(await db.database('author_calls').select('id')).toEqual([]);
    // What the rates have no room for is finished in time all the same.
    await db.database('generations').where({ id: asked.id }).update({ fallback_at: '-infinity' });
    expect(await f.endLongWaits()).toMatchObject([
      { code: 'author_rate_limited', givenUp: { kind: 'fell-back', generation: { id: asked.id } } },
    ]);
  });

  test('by a refused key is held for that key alone, and what met it ends at once', async () => {
    const { failure, author } = failing('author_unauthorized');
    const f = fleet({ author });
    const asked = await f.request();
    const step = f.take('plan-day');
    await expect(f.work(step)).rejects.toBe(failure);
    expect(await f.settle(step, failure)).toMatchObject({ kind: 'failed' });
    expect(await f.now(asked.id)).toMatchObject({ error: { code: 'author_unauthorized' } });
    const [hold] = await f.store.holds.list();
    expect(hold).toMatchObject({ author: 'gemini', fingerprint: 'scripted-key' });
    // Another key is not held.
    const other = fleet({ author: { ...makeScriptedAuthor(), fingerprint: 'another-key' } });
    await other.request();
    await other.work(other.take('plan-day'));
    const same = fleet();
    await same.request();
    const held = same.take('plan-day');
    const refused = same.work(held);
    await expect(refused).rejects.toMatchObject({ code: 'author_held' });
    expect(await same.settle(held, await refused.catch((error) => error))).toMatchObject({
      kind: 'held',
      by: 'key',
    });
  });
});

describe('with the offline author to fall back on', () => {
  test('what its author cannot write is finished, marked, and no text is lost', async () => {
    const f = fleet({ fallback: 'offline' });
    const asked = await f.request();
    await f.work(f.take('plan-day'));
    await f.work(f.take('write-chapter'));
    const given = f.take('write-chapter');
    const blocked = new TexasError('author_blocked', 'A filter stopped the text.');
    expect(await f.settle(given, blocked)).toMatchObject({
      kind: 'fell-back',
      generation: { id: asked.id, author: 'offline', run: 2 },
    });
    await f.workAll();
    expect(f.author.calls.chapter).toHaveLength(1);
    expect(f.offline.calls.chapter).toHaveLength(3);
    expect(await f.now(asked.id)).toMatchObject({
      status: 'published',
      author: 'offline',
      fallback: { from: 'gemini', code: 'author_blocked' },
    });
    const day = await f.store.days.find('texas', f.date);
    expect(day?.generation.fallback).toEqual({ from: 'gemini', code: 'author_blocked' });
  });

  test('an author still held an hour before she wakes is not waited for', async () => {
    const time = { now: Temporal.Now.instant() };
    const f = fleet({ fallback: 'offline', clock: { now: () => time.now } });
    const asked = await f.request();
    const until = time.now.add({ hours: 24 * 40 });
    const key = { author: 'gemini', fingerprint: 'scripted-key' } as const;
    await f.store.holds.put({ ...key, code: 'author_rate_limited', reason: 'Spent.', until });
    expect(await f.endLongWaits()).toEqual([]);
    // Six in the morning is the earliest she wakes on that date.
    const wakes = Temporal.PlainDate.from(f.date).toZonedDateTime({
      timeZone: 'Asia/Shanghai',
      plainTime: '06:00',
    });
    time.now = wakes.subtract({ minutes: 61 }).toInstant();
    expect(await f.endLongWaits()).toEqual([]);
    time.now = wakes.subtract({ minutes: 59 }).toInstant();
    expect(await f.endLongWaits()).toMatchObject([
      { givenUp: { kind: 'fell-back', generation: { id: asked.id, author: 'offline' } } },
    ]);
    await f.workAll();
    expect(await f.now(asked.id)).toMatchObject({
      status: 'published',
      fallback: { code: 'author_rate_limited' },
    });
    // Once the author is back the day is written anew, once.
    const rewriting = { ...f.requesting, store: f.store };
    expect(await rewriteFallbacks(rewriting)).toBe(0);
    await f.store.holds.lift(key);
    expect(await rewriteFallbacks(rewriting)).toBe(1);
    expect(await rewriteFallbacks(rewriting)).toBe(0);
    await f.workAll();
    expect((await f.store.days.find('texas', f.date))?.generation).toMatchObject({
      author: 'gemini',
      fallback: null,
    });
  });
});

describe('whoever waited too long', () => {
  const late = ({ id }: { id: string }) =>
    db.database('generations').where({ id }).update({ fallback_at: '-infinity' });

  test('fails where there is nobody to fall back on, visibly and once', async () => {
    const f = fleet({ fallback: 'none' });
    const asked = await f.request();
    const until = noon.now().add({ hours: 24 * 365 });
    const key = { author: 'gemini', fingerprint: 'scripted-key' } as const;
    await f.store.holds.put({ ...key, code: 'author_rate_limited', reason: 'Spent.', until });
    expect(await f.endLongWaits()).toEqual([]);
    await late(asked);
    expect(await f.endLongWaits()).toMatchObject([
      { code: 'author_rate_limited', givenUp: { kind: 'failed', generation: { id: asked.id } } },
    ]);
    expect(await f.endLongWaits()).toEqual([]);
    const error = { code: 'author_rate_limited', message: 'Spent.' };
    expect(await f.now(asked.id)).toMatchObject({ status: 'failed', error });
  });

  test('for an author whom no worker can ask gets another as well', async () => {
    const f = fleet({ fallback: 'offline' });
    const asked = await f.request();
    await late(asked);
    expect(await f.endLongWaits()).toEqual([]);
    expect(await f.endLongWaits(['offline'])).toMatchObject([
      { code: 'author_held', givenUp: { generation: { id: asked.id, author: 'offline' } } },
    ]);
    // Nor does the offline author lose what is its own where nobody works its queue.
    await late(asked);
    expect(await f.endLongWaits([])).toEqual([]);
    await f.workAll();
    expect(await f.now(asked.id)).toMatchObject({ status: 'published' });
  });
});

describe('lost jobs', () => {
  test('asking again enqueues what is missing under the same ids', async () => {
    const f = fleet();
    await f.request();
    f.steps.waiting.length = 0;
    const again = await f.request();
    expect(f.steps.waiting).toMatchObject([{ kind: 'plan-day', run: again.run }]);
    expect(again.run).toBe(1);
  });

  test('are found by nobody having touched them, and what waits is left alone', async () => {
    await db.database('generations').whereNull('finished_at').update({
      status: 'cancelled',
      finished_at: db.database.fn.now(),
    });
    const f = fleet();
    const [waiting, planned] = [await f.request(), await makeFleet(db).request()];
    expect(await takeUpLost(f.deps, 0)).toBe(1);
    expect(f.steps.waiting).toMatchObject([
      { generationId: waiting.id, run: 1 },
      { generationId: planned.id, run: 2 },
    ]);
    // The job of the first has ended without a word, and still holds its id.
    const dead = f.take('plan-day');
    f.steps.spent.add(['plan-day', waiting.id, 1, undefined].join('-'));
    await takeUpLost(f.deps, 0);
    expect(f.steps.waiting.map(({ generationId, run }) => [generationId, run])).toContainEqual([
      waiting.id,
      2,
    ]);
    await f.work(dead);
    expect(f.author.calls.plan).toBe(0);
    await f.workAll();
    expect(await f.now(waiting.id)).toMatchObject({ status: 'published', run: 2 });
  });

  test('are not looked for where a chapter is at its author: another that has just ended is no loss', async () => {
    const f = fleet();
    const asked = await f.request();
    await f.work(f.take('plan-day'));
    const [first, ...others] = f.steps.waiting;
    if (!first) throw new Error('There are chapters.');
    // Between the look at the row and that at the jobs the first chapter is stored.
    const { states } = f.steps;
    f.steps.states = async (steps) => {
      await f.work(first);
      return steps.map(({ chapter }) => (chapter === first.chapter ? 'ended' : 'active'));
    };
    f.steps.waiting.length = 0;
    expect(await f.request()).toMatchObject({ id: asked.id, run: 1 });
    f.steps.states = states;
    expect((await f.now(asked.id)).run).toBe(1);
    expect(others).toHaveLength(3);
  });

  test('are left alone that move again between two looks', async () => {
    const f = fleet();
    const asked = await f.request();
    f.steps.waiting.length = 0;
    const { states } = f.steps;
    f.steps.states = async (steps) => {
      await db
        .database('generations')
        .where({ id: asked.id })
        .update({
          touched_at: db.database.raw("now() + interval '1 minute'"),
        });
      return states(steps);
    };
    await takeUpLost(f.deps, 0);
    expect((await f.now(asked.id)).run).toBe(1);
  });

  test('beyond one batch are all looked at, and those alive touched', async () => {
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
    expect(await takeUpLost(f.deps, 60_000)).toBe(0);
    const since = (await f.store.now()).subtract({ minutes: 1 });
    expect(await f.store.generations.untouched(since, 10)).toEqual([]);
    await db.database('generations').where('date', '>', '2031-01-01').delete();
  });

  test('are none where one of several is being worked', async () => {
    const f = fleet();
    const asked = await f.request();
    await f.work(f.take('plan-day'));
    f.steps.states = async (steps) => steps.map((_, index) => (index === 1 ? 'active' : 'none'));
    await takeUpLost(f.deps, 0);
    expect((await f.now(asked.id)).run).toBe(1);
  });
});
