import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Temporal, TexasError } from '@texas-ai/kernel';
import {
  buildProfile,
  type MemoryQueue,
  makeLogSpy,
  makeMemoryQueue,
  makeScriptedAuthor,
  makeTestDatabase,
  type ScriptedAuthor,
  type TestDatabase,
} from '@texas-ai/testing';
import { cancelGeneration } from './cancel-generation.js';
import type { Generation } from './generation.js';
import { planDay } from './plan-day.js';
import { publishDay } from './publish-day.js';
import { requestGeneration } from './request-generation.js';
import { resumeGeneration } from './resume-generation.js';
import { settleFailure } from './step-failure.js';
import type { Step } from './steps.js';
import { writeChapter } from './write-chapter.js';

// The steps of a generation as functions, on a real database, with a queue in memory.

let db: TestDatabase;
const signal = new AbortController().signal;
const clock = { now: () => Temporal.Instant.from('2026-11-23T00:00:00Z') };

beforeAll(async () => {
  db = await makeTestDatabase();
  await db.store.characters.synchronise([
    { profile: buildProfile('zh', { id: 'texas' }), hash: 'hash-1' },
  ]);
});
afterAll(() => db.drop());

/** Each test has a date of its own. */
let nextDay = 0;
function fleet(author: ScriptedAuthor = makeScriptedAuthor()) {
  const date = Temporal.PlainDate.from('2026-11-24').add({ days: nextDay++ }).toString();
  const steps: MemoryQueue = makeMemoryQueue();
  const { store } = db;
  const logger = makeLogSpy();
  const announced: string[] = [];
  const weather = {
    name: 'seeded' as const,
    weather: async () => ({
      summary: '晴',
      condition: 'sunny' as const,
      tempMinC: 5,
      tempMaxC: 12,
      source: 'seeded' as const,
    }),
  };
  const progressed: string[] = [];
  const onProgress = (id: string) => progressed.push(id);
  const authors = () => author;
  const deps = { store, steps, logger, weather, authors, onProgress, chapters: 4 };

  async function work(step: Step): Promise<void> {
    if (step.kind === 'plan-day') await planDay(deps, step, signal);
    if (step.kind === 'write-chapter') {
      await writeChapter(deps, { ...step, chapter: step.chapter ?? 0 }, signal);
    }
    if (step.kind === 'publish-day') {
      await publishDay({ store, announce: async ({ id }) => void announced.push(id) }, step);
    }
  }
  return {
    date,
    steps,
    store,
    author,
    announced,
    work,
    request: (options: { fresh?: boolean; idempotencyKey?: string } = {}): Promise<Generation> =>
      requestGeneration(
        {
          store,
          steps,
          clock,
          logger,
          onProgress,
          author: author.name,
          window: { daysBack: 366, daysAhead: 366 },
        },
        {
          character: 'texas',
          date,
          fresh: options.fresh ?? false,
          idempotency: options.idempotencyKey
            ? { caller: 'somebody', key: options.idempotencyKey }
            : null,
          requestId: 'request-1',
        },
      ),
    async workAll(): Promise<void> {
      for (let step = steps.waiting.shift(); step; step = steps.waiting.shift()) await work(step);
    },
    take(kind: Step['kind']): Step {
      const index = steps.waiting.findIndex((step) => step.kind === kind);
      const [step] = steps.waiting.splice(index, 1);
      if (index < 0 || !step) throw new Error(`No ${kind} waits.`);
      return step;
    },
    async now(id: string): Promise<Generation> {
      const generation = await store.generations.find(id);
      if (!generation) throw new Error('The generation is gone.');
      return generation;
    },
  };
}

describe('the way of a day', () => {
  test('request, plan, chapters in any order, publish: the day is there, whole', async () => {
    const f = fleet();
    const asked = await f.request();
    expect(asked).toMatchObject({ status: 'queued', ordinal: 1, run: 1, requestId: 'request-1' });
    await f.work(f.take('plan-day'));
    expect(await f.now(asked.id)).toMatchObject({
      status: 'writing',
      chapters: { total: 4, written: 0 },
    });
    f.steps.waiting.reverse();
    await f.workAll();
    const done = await f.now(asked.id);
    expect(done).toMatchObject({
      status: 'published',
      chapters: { total: 4, written: 4 },
      usage: { calls: 5, inputTokens: 900, outputTokens: 370 },
    });
    expect(f.announced).toEqual([asked.id]);
    const day = await f.store.days.find('texas', f.date);
    expect(day?.generation).toMatchObject({ id: asked.id, author: 'gemini', model: 'scripted' });
    const experiences = day?.items.flatMap((item) => item.experiences) ?? [];
    const waking = day?.items.filter((item) => !item.asleep) ?? [];
    expect(waking.every((item) => item.experiences[0]?.start === item.start)).toBe(true);
    expect(waking.every((item) => item.experiences.at(-1)?.end === item.end)).toBe(true);
    const messages = experiences.filter((each) => each.interaction);
    expect(messages.length).toBeGreaterThan(0);
    expect(messages.length).toBeLessThanOrEqual(experiences.length / 2);
    const kept = await db
      .database('interactions')
      .where({ generation_id: asked.id })
      .select('content', 'window_start');
    expect(kept).toHaveLength(messages.length);
  });

  test('asking twice gives one generation and one set of jobs', async () => {
    const f = fleet();
    const [first, second] = await Promise.all([f.request(), f.request()]);
    const third = await f.request();
    expect(new Set([first.id, second.id, third.id]).size).toBe(1);
    expect(f.steps.waiting).toHaveLength(1);
  });

  test('every step repeated, at any point, asks the author for nothing that is stored', async () => {
    const f = fleet();
    const asked = await f.request();
    const plan = f.take('plan-day');
    await f.work(plan);
    await f.work(plan);
    expect(f.author.calls.plan).toBe(1);
    const chapters = [...f.steps.waiting];
    expect(chapters).toHaveLength(4);
    for (const chapter of chapters) {
      await f.work(chapter);
      await f.work(chapter);
    }
    await f.work(plan);
    expect([...f.author.calls.chapter].sort()).toEqual([0, 1, 2, 3]);
    const publish = f.take('publish-day');
    await f.work(publish);
    await f.work(publish);
    expect(await f.now(asked.id)).toMatchObject({ status: 'published', usage: { calls: 5 } });
    expect(f.announced).toEqual([asked.id, asked.id]);
  });

  test('a worker killed after the author answered, before storing, costs one more call and no more', async () => {
    const f = fleet();
    await f.request();
    await f.work(f.take('plan-day'));
    const [chapter] = f.steps.waiting;
    if (!chapter) throw new Error('No chapter waits.');
    await Promise.all([f.work(chapter), f.work(chapter)]);
    const rows = await db
      .database('experiences')
      .where({ generation_id: chapter.generationId })
      .count({ count: '*' });
    const slots = await db
      .database('chapters')
      .where({ generation_id: chapter.generationId, position: chapter.chapter ?? 0 })
      .first('slots');
    expect(Number(rows[0]?.count)).toBe(slots.slots.length);
    expect(await f.now(chapter.generationId)).toMatchObject({ chapters: { written: 1 } });
  });

  test('regenerating keeps the old day until the new one is whole', async () => {
    const f = fleet();
    const old = await f.request();
    await f.workAll();
    const next = await f.request();
    expect(next).toMatchObject({ ordinal: 2, status: 'queued' });
    expect(next.id).not.toBe(old.id);
    while (f.steps.waiting.some((step) => step.kind !== 'publish-day')) {
      const step = f.steps.waiting.shift();
      if (step) await f.work(step);
      const live = await f.store.days.find('texas', f.date);
      expect(live?.generation.id).toBe(old.id);
    }
    await f.workAll();
    expect((await f.store.days.find('texas', f.date))?.generation.id).toBe(next.id);
  });

  test('fresh cancels the one in flight, whose late text is not stored', async () => {
    const f = fleet();
    const first = await f.request();
    await f.work(f.take('plan-day'));
    const late = f.take('write-chapter');
    const second = await f.request({ fresh: true });
    expect(second.ordinal).toBe(2);
    expect(await f.now(first.id)).toMatchObject({ status: 'cancelled' });
    await f.work(late);
    expect(await f.now(first.id)).toMatchObject({ status: 'cancelled', chapters: { written: 0 } });
  });

  test('a cancelled generation whose author answers afterwards stores nothing', async () => {
    let cancelled: Promise<unknown> = Promise.resolve();
    let id = '';
    const f = fleet(
      makeScriptedAuthor({
        chapter: async ({ slots }) => {
          cancelled = cancelGeneration({ onProgress: () => undefined, store: db.store }, id);
          await cancelled;
          return { texts: slots.map(() => text('late')) };
        },
      }),
    );
    id = (await f.request()).id;
    await f.work(f.take('plan-day'));
    await f.work(f.take('write-chapter'));
    expect(await f.now(id)).toMatchObject({ status: 'cancelled', chapters: { written: 0 } });
    expect(f.steps.waiting.every((step) => step.kind === 'write-chapter')).toBe(true);
  });

  test('an idempotency key answers a blind repeat with the first generation, even once published', async () => {
    const f = fleet();
    const key = `key-${f.date}`;
    const first = await f.request({ idempotencyKey: key });
    await f.workAll();
    const repeat = await f.request({ idempotencyKey: key });
    expect(repeat).toMatchObject({ id: first.id, status: 'published' });
    expect(f.steps.waiting).toHaveLength(0);
    const elsewhere = fleet();
    await expect(elsewhere.request({ idempotencyKey: key })).rejects.toMatchObject({
      code: 'invalid_request',
      details: { field: 'Idempotency-Key' },
    });
  });

  test('an unknown character and a date outside the window are refused and store nothing', async () => {
    const f = fleet();
    const ask = (character: string, date: string) =>
      requestGeneration(
        {
          store: f.store,
          steps: f.steps,
          clock,
          logger: makeLogSpy(),
          onProgress: () => undefined,
          author: 'offline',
          window: { daysBack: 1, daysAhead: 1 },
        },
        { character, date, fresh: false, idempotency: null, requestId: null },
      );
    await expect(ask('nobody', '2026-11-23')).rejects.toMatchObject({
      code: 'character_not_found',
    });
    await expect(ask('texas', '2026-11-21')).rejects.toMatchObject({ code: 'date_out_of_window' });
    await expect(ask('texas', '2026-11-25')).rejects.toMatchObject({ code: 'date_out_of_window' });
    const { newest } = await f.store.requests.look({
      character: 'texas',
      date: '2026-11-21',
      fresh: false,
      idempotency: null,
      requestId: null,
    });
    expect(newest).toBeNull();
  });
});

describe('failures', () => {
  test('an unusable answer is asked for once more, quoting what was wrong', async () => {
    const quoted: string[][] = [];
    const f = fleet(
      makeScriptedAuthor({
        chapter: ({ slots }, { problems }) => {
          quoted.push([...problems]);
          const count = problems.length === 0 ? slots.length - 1 : slots.length;
          return { texts: Array.from({ length: count }, () => text('again')) };
        },
      }),
    );
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

  test('unusable twice is author_invalid_output, and both calls are on the bill', async () => {
    const f = fleet(makeScriptedAuthor({ plan: () => ({ error: 'I am sorry, I cannot.' }) }));
    const asked = await f.request();
    await expect(f.work(f.take('plan-day'))).rejects.toMatchObject({
      code: 'author_invalid_output',
    });
    expect(await f.now(asked.id)).toMatchObject({ status: 'planning', usage: { calls: 2 } });
  });

  test('a failure that may pass is tried four times, then the generation is failed and says why', async () => {
    const failure = new TexasError('author_timeout', 'The author took longer than 300 s.');
    const f = fleet(
      makeScriptedAuthor({
        plan: () => {
          throw failure;
        },
      }),
    );
    const asked = await f.request();
    const step = f.take('plan-day');
    const settled = [];
    for (let tries = 1; tries <= 4; tries++) {
      await expect(f.work(step)).rejects.toBe(failure);
      settled.push((await settleFailure(f.store.generations, step, failure)).over);
    }
    expect(settled).toEqual([false, false, false, true]);
    expect(await f.now(asked.id)).toMatchObject({
      status: 'failed',
      error: { code: 'author_timeout', message: failure.message },
    });
  });

  test('a failed generation resumes at the first missing step, with a new run and new tries', async () => {
    const f = fleet();
    const asked = await f.request();
    await f.work(f.take('plan-day'));
    await f.work(f.take('write-chapter'));
    const failure = new TexasError('author_unauthorized', 'The key was refused.');
    const failed = f.take('write-chapter');
    expect(await settleFailure(f.store.generations, failed, failure)).toMatchObject({ over: true });
    // A chapter that was under way when the generation failed keeps its text and starts nothing.
    await f.store.generations.storeChapter(
      asked.id,
      failed.chapter ?? 0,
      await textsFor(failed),
      [],
    );
    expect(await f.now(asked.id)).toMatchObject({ status: 'failed', chapters: { written: 2 } });
    f.steps.waiting.length = 0;
    const resumed = await f.request();
    expect(resumed).toMatchObject({ id: asked.id, status: 'writing', run: 2, error: null });
    expect(f.steps.waiting.map((step) => step.kind)).toEqual(['write-chapter', 'write-chapter']);
    await f.workAll();
    expect(await f.now(asked.id)).toMatchObject({ status: 'published' });
    expect(f.author.calls.plan).toBe(1);
  });

  test('storage that is away costs no try', async () => {
    const f = fleet();
    const asked = await f.request();
    const away = new TexasError('storage_unavailable', 'The database does not answer.');
    for (let times = 0; times < 10; times++) {
      await f.store.generations.beginPlan(asked.id, 1);
      const step = { generationId: asked.id, run: 1 };
      expect(await settleFailure(f.store.generations, step, away)).toMatchObject({ over: false });
    }
    expect(await f.store.generations.triesOf(asked.id)).toBe(0);
  });

  test('billed calls are capped; the offline author is not', async () => {
    const f = fleet();
    const asked = await f.request();
    await db.database('generations').where({ id: asked.id }).update({ calls: 40 });
    await expect(f.work(f.take('plan-day'))).rejects.toMatchObject({ code: 'author_call_cap' });
    const offline = fleet(makeScriptedAuthor({ name: 'offline' }));
    const free = await offline.request();
    await db.database('generations').where({ id: free.id }).update({ calls: 40 });
    await offline.work(offline.take('plan-day'));
    expect(offline.author.calls.plan).toBe(1);
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

  test('where an ended job holds the id, the generation gets a new run, and the old job no work', async () => {
    const f = fleet();
    const asked = await f.request();
    const dead = f.take('plan-day');
    f.steps.spent.add(['plan-day', asked.id, 1, undefined].join('-'));
    await resumeGeneration({ store: f.store, steps: f.steps }, await f.now(asked.id));
    expect(f.steps.waiting).toMatchObject([{ kind: 'plan-day', run: 2 }]);
    await f.work(dead);
    expect(f.author.calls.plan).toBe(0);
    await f.workAll();
    expect(await f.now(asked.id)).toMatchObject({ status: 'published', run: 2 });
  });
});

function text(content: string) {
  return { content, emotions: ['calm'], thoughts: 'Hm.', interaction: 'Hello.' };
}

async function textsFor(step: Step) {
  const row = await db
    .database('chapters')
    .where({ generation_id: step.generationId, position: step.chapter ?? 0 })
    .first('slots');
  return row.slots.map(() => text('late but kept'));
}
