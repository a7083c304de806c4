import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Temporal, TexasError } from '@texas-ai/kernel';
import { makeScriptedAuthor, type TestDatabase } from '@texas-ai/testing';
import { makeCallRoom, makeFailingAuthor } from '../../test/failing-author.js';
import {
  clearSpending,
  type FleetOptions,
  fixedClock,
  makeFleet,
  makeFleetDatabase,
} from '../../test/fleet.js';
import { rewriteFallbacks } from './rewrite-fallbacks.js';

// An author that rests, and who finishes what it cannot.

let db: TestDatabase;

beforeAll(async () => {
  db = await makeFleetDatabase();
});
afterAll(() => db.drop());
beforeEach(() => clearSpending(db));

const fleet = (options: FleetOptions = {}) => makeFleet(db, options);

/** Nearly the longest that holds the whole queue: it must not be over before the test is. */
const cooldownMs = 110_000;

describe('an author that rests', () => {
  test('is asked for nothing by anybody until then; that costs no try', async () => {
    const { failure, author } = makeFailingAuthor('author_rate_limited', {
      retryAfterMs: cooldownMs,
    });
    const clock = await db.databaseClock();
    const f = fleet({ author, clock });
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
    const waits = Temporal.Instant.from(waiting?.until ?? '').since(clock.now());
    // A little longer than was asked for, since clocks differ.
    expect(waits.total('milliseconds')).toBe(cooldownMs + 100 + 2_500);
  });

  test('by our own rates leaves its place to others, says so, and costs neither try nor call', async () => {
    const bucket = { take: async () => makeCallRoom(cooldownMs) };
    const f = fleet({
      quotas: { bucket, day: null },
      clock: await db.databaseClock(),
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
    expect(waiting?.reason).toMatch(/configured rate limit/);
    expect(usage.calls).toBe(0);
    expect(await db.database('author_calls').select('id')).toEqual([]);
    // What the rates have no room for is finished in time all the same.
    await db.database('generations').where({ id: asked.id }).update({ fallback_at: '-infinity' });
    expect(await f.fallBackOverdue()).toMatchObject([
      {
        reason: { code: 'author_rate_limited' },
        outcome: { kind: 'fell-back', generation: { id: asked.id } },
      },
    ]);
  });

  test('by a refused key is held for that key alone, and what met it ends at once', async () => {
    const { failure, author } = makeFailingAuthor('author_unauthorized');
    const f = fleet({ author });
    const asked = await f.request();
    const step = f.take('plan-day');
    await expect(f.work(step)).rejects.toBe(failure);
    expect(await f.settle(step, failure)).toMatchObject({ kind: 'failed' });
    expect(await f.now(asked.id)).toMatchObject({ error: { code: 'author_unauthorized' } });
    const [hold] = await f.store.cooldowns.list();
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
    const day = await f.store.days.find('texas', Temporal.PlainDate.from(f.date));
    expect(day?.generation.fallback).toMatchObject({ from: 'gemini', code: 'author_blocked' });
  });

  test.each([false, true])(
    'a day of the night that a person asks for too is not made to wait (its job lost: %p)',
    async (isLost) => {
      const { failure, author } = makeFailingAuthor('author_unauthorized');
      const clock = await db.databaseClock();
      const f = fleet({ author, clock, fallback: 'offline' });
      await db.store.cooldowns.begin({
        author: author.name,
        fingerprint: 'scripted-key',
        code: 'author_unauthorized',
        reason: failure.message,
        until: clock.now(),
      });
      const { id } = await f.request({ askedBy: 'night' });
      const later = clock.now().add({ hours: 6 }).toString();
      await db.database('generations').where({ id }).update({ fallback_at: later });
      await f.request({ askedBy: 'night', idempotencyKey: `joined ${isLost}` });
      expect(await f.fallBackOverdue()).toEqual([]);
      if (isLost) f.steps.states = async () => ['ended'];
      expect(await f.request()).toMatchObject({ id });
      await f.request({ askedBy: 'night' });
      expect(await f.fallBackOverdue()).toMatchObject([
        {
          reason: { code: 'author_unauthorized' },
          outcome: { kind: 'fell-back', generation: { id } },
        },
      ]);
    },
  );

  test('an author still held an hour before she wakes is not waited for', async () => {
    const time = { now: (await db.databaseClock()).now() };
    const f = fleet({ fallback: 'offline', clock: { now: () => time.now } });
    const asked = await f.request();
    const until = time.now.add({ hours: 24 * 40 });
    const key = { author: 'gemini', fingerprint: 'scripted-key' } as const;
    await f.store.cooldowns.begin({ ...key, code: 'author_rate_limited', reason: 'Spent.', until });
    expect(await f.fallBackOverdue()).toEqual([]);
    // Six in the morning is the earliest she wakes on that date.
    const wakes = Temporal.PlainDate.from(f.date).toZonedDateTime({
      timeZone: 'Asia/Shanghai',
      plainTime: '06:00',
    });
    time.now = wakes.subtract({ minutes: 61 }).toInstant();
    expect(await f.fallBackOverdue()).toEqual([]);
    time.now = wakes.subtract({ minutes: 59 }).toInstant();
    expect(await f.fallBackOverdue()).toMatchObject([
      { outcome: { kind: 'fell-back', generation: { id: asked.id, author: 'offline' } } },
    ]);
    await f.workAll();
    expect(await f.now(asked.id)).toMatchObject({
      status: 'published',
      fallback: { code: 'author_rate_limited' },
    });
    // Once the author is back the day is written anew, once.
    const rewriting = { ...f.requesting, store: f.store };
    expect(await rewriteFallbacks(rewriting)).toBe(0);
    await f.store.cooldowns.end(key);
    expect(await rewriteFallbacks(rewriting)).toBe(1);
    expect(await rewriteFallbacks(rewriting)).toBe(0);
    await f.workAll();
    expect(
      (await f.store.days.find('texas', Temporal.PlainDate.from(f.date)))?.generation,
    ).toMatchObject({
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
    const until = fixedClock.now().add({ hours: 24 * 365 });
    const key = { author: 'gemini', fingerprint: 'scripted-key' } as const;
    await f.store.cooldowns.begin({ ...key, code: 'author_rate_limited', reason: 'Spent.', until });
    expect(await f.fallBackOverdue()).toEqual([]);
    await late(asked);
    expect(await f.fallBackOverdue()).toMatchObject([
      {
        reason: { code: 'author_rate_limited' },
        outcome: { kind: 'failed', generation: { id: asked.id } },
      },
    ]);
    expect(await f.fallBackOverdue()).toEqual([]);
    const error = { code: 'author_rate_limited', message: 'Spent.' };
    expect(await f.now(asked.id)).toMatchObject({ status: 'failed', error });
  });

  test('for an author whom no worker can ask gets another as well', async () => {
    const f = fleet({ fallback: 'offline' });
    const asked = await f.request();
    await late(asked);
    expect(await f.fallBackOverdue()).toEqual([]);
    expect(await f.fallBackOverdue(['offline'])).toMatchObject([
      {
        reason: { code: 'author_held' },
        outcome: { generation: { id: asked.id, author: 'offline' } },
      },
    ]);
    // Nor does the offline author lose what is its own where nobody works its queue.
    await late(asked);
    expect(await f.fallBackOverdue([])).toEqual([]);
    await f.workAll();
    expect(await f.now(asked.id)).toMatchObject({ status: 'published' });
  });
});
