import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import {
  makeLogSpy,
  makeScriptedAuthor,
  type ScriptedAuthor,
  type TestDatabase,
} from '@texas-ai/testing';
import { fixedClock, makeFleet, makeFleetDatabase } from '../../test/fleet.js';
import type { Store } from '../store.js';
import { cancelGeneration } from './cancel-generation.js';
import { requestGeneration } from './request-generation.js';

let db: TestDatabase;

beforeAll(async () => {
  db = await makeFleetDatabase();
});
afterAll(() => db.drop());

const fleet = (author: ScriptedAuthor = makeScriptedAuthor()) => makeFleet(db, { author });

describe('a day', () => {
  test('is requested, planned, written in any order of chapters, and published', async () => {
    const f = fleet();
    const requested = await f.request();
    expect(requested).toMatchObject({
      status: 'queued',
      ordinal: 1,
      run: 1,
      requestId: 'request-1',
    });
    await f.work(f.take('plan-day'));
    expect(await f.now(requested.id)).toMatchObject({
      status: 'writing',
      chapters: { total: 4, written: 0 },
    });
    f.steps.waiting.reverse();
    await f.workAll();
    const done = await f.now(requested.id);
    expect(done).toMatchObject({
      status: 'published',
      chapters: { total: 4, written: 4 },
      usage: { calls: 5, inputTokens: 900, outputTokens: 370 },
    });
    expect(f.announced).toEqual([requested.id]);
    const day = await f.store.days.find('texas', Temporal.PlainDate.from(f.date));
    expect(day?.generation).toMatchObject({
      id: requested.id,
      author: 'gemini',
      model: 'scripted',
    });
    const experiences = day?.items.flatMap((item) => item.experiences) ?? [];
    const waking = day?.items.filter((item) => !item.asleep) ?? [];
    expect(waking.every((item) => item.experiences[0]?.start === item.start)).toBe(true);
    expect(waking.every((item) => item.experiences.at(-1)?.end === item.end)).toBe(true);
    const messages = experiences.filter((each) => each.interaction);
    expect(messages.length).toBeGreaterThan(0);
    expect(messages.length).toBeLessThanOrEqual(experiences.length / 2);
    const kept = await db
      .database('interactions')
      .where({ generation_id: requested.id })
      .select('content', 'window_start');
    expect(kept).toHaveLength(messages.length);
  });

  test('has one generation and one set of jobs after two requests', async () => {
    const f = fleet();
    const [first, second] = await Promise.all([f.request(), f.request()]);
    const third = await f.request();
    expect(new Set([first.id, second.id, third.id]).size).toBe(1);
    expect(f.steps.waiting).toHaveLength(1);
  });

  test('makes no call again for stored results if steps are repeated', async () => {
    const f = fleet();
    const requested = await f.request();
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
    expect(await f.now(requested.id)).toMatchObject({ status: 'published', usage: { calls: 5 } });
    expect(f.announced).toEqual([requested.id, requested.id]);
  });

  test('a worker killed after the author answered, before storing, costs exactly one more call', async () => {
    const author = makeScriptedAuthor();
    const killed = killable(db.store);
    const doomed = makeFleet(
      { ...db, store: killed.store },
      {
        author: {
          ...author,
          async writeChapter(brief, call) {
            const answer = await author.writeChapter(brief, call);
            killed.kill();
            return answer;
          },
        },
      },
    );
    const f = fleet(author);
    const { id } = await f.request();
    await f.work(f.take('plan-day'));
    const chapter = f.take('write-chapter');
    await expect(doomed.work(chapter)).rejects.toThrow('The worker was killed.');
    expect(author.calls.chapter).toEqual([chapter.chapter]);
    expect(await f.now(id)).toMatchObject({ chapters: { written: 0 } });

    // Another worker gets the job. Until the lease of the lost call expires, it makes no call.
    await expect(f.work(chapter)).rejects.toMatchObject({ code: 'call_in_flight' });
    expect(author.calls.chapter).toHaveLength(1);
    await db
      .database('author_calls')
      .where({ generation_id: id })
      .update({ leased_until: '-infinity' });
    await f.work(chapter);
    expect(author.calls.chapter).toEqual([chapter.chapter, chapter.chapter]);
    await f.workAll();
    expect(await f.now(id)).toMatchObject({ status: 'published', chapters: { written: 4 } });
    expect(author.calls.plan).toBe(1);
    expect([...author.calls.chapter].sort()).toEqual([0, 0, 1, 2, 3]);
  });

  test('stays live while it is regenerated, until the new one is published', async () => {
    const f = fleet();
    const old = await f.request();
    await f.workAll();
    const next = await f.request();
    expect(next).toMatchObject({ ordinal: 2, status: 'queued' });
    expect(next.id).not.toBe(old.id);
    while (f.steps.waiting.some((step) => step.kind !== 'publish-day')) {
      const step = f.steps.waiting.shift();
      if (step) await f.work(step);
      const live = await f.store.days.find('texas', Temporal.PlainDate.from(f.date));
      expect(live?.generation.id).toBe(old.id);
    }
    await f.workAll();
    expect((await f.store.days.find('texas', Temporal.PlainDate.from(f.date)))?.generation.id).toBe(
      next.id,
    );
  });

  test('a fresh request cancels the generation in flight, whose late text is not stored', async () => {
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

  test('a cancelled generation stores no late answer', async () => {
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

  test('a repeated idempotency key returns the first generation, even after publishing', async () => {
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

  test('requests for an unknown character or a date outside the window store nothing', async () => {
    const f = fleet();
    const ask = (character: string, date: string) =>
      requestGeneration(
        {
          store: f.store,
          steps: f.steps,
          clock: fixedClock,
          logger: makeLogSpy(),
          onProgress: () => undefined,
          author: 'offline',
          window: { daysBack: 1, daysAhead: 1 },
        },
        {
          character,
          date: Temporal.PlainDate.from(date),
          fresh: false,
          askedBy: 'person',
          idempotency: null,
          requestId: null,
        },
      );
    await expect(ask('nobody', '2026-11-23')).rejects.toMatchObject({
      code: 'character_not_found',
    });
    await expect(ask('texas', '2026-11-21')).rejects.toMatchObject({ code: 'date_out_of_window' });
    await expect(ask('texas', '2026-11-25')).rejects.toMatchObject({ code: 'date_out_of_window' });
    const { newest } = await f.store.requests.read({
      character: 'texas',
      date: Temporal.PlainDate.from('2026-11-21'),
      fresh: false,
      askedBy: 'person',
      idempotency: null,
      requestId: null,
    });
    expect(newest).toBeNull();
  });
});

/** A store that fails from the moment of the kill on, like that of a process which no longer exists. */
function killable(store: Store): { store: Store; kill(): void } {
  let isKilled = false;
  function wrap<Part extends object>(part: Part): Part {
    return new Proxy(part, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key);
        if (typeof value === 'function') {
          return async (...args: unknown[]) => {
            if (isKilled) throw new Error('The worker was killed.');
            return Reflect.apply(value, target, args);
          };
        }
        return typeof value === 'object' && value !== null ? wrap(value) : value;
      },
    });
  }
  return {
    store: wrap(store),
    kill() {
      isKilled = true;
    },
  };
}

function text(content: string) {
  return { content, emotions: ['calm'], thoughts: 'Hm.', interaction: 'Hello.' };
}
