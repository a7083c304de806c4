import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Temporal, TexasError } from '@texas-ai/kernel';
import { makeScriptedAuthor, type TestDatabase } from '@texas-ai/testing';
import { makeCallReservation, makeFailingAuthor } from '../../test/failing-author.js';
import {
  clearSpending,
  type FleetOptions,
  fixedClock,
  makeFleet,
  makeFleetDatabase,
} from '../../test/fleet.js';
import { rewriteFallbacks } from './rewrite-fallbacks.js';

// Cooldowns of authors, and the fallback.

let db: TestDatabase;

beforeAll(async () => {
  db = await makeFleetDatabase();
});
afterAll(() => db.drop());
beforeEach(() => clearSpending(db));

const fleet = (options: FleetOptions = {}) => makeFleet(db, options);

/** Nearly the longest cooldown of a whole queue, so that it outlasts the test. */
const cooldownMs = 110_000;

describe('a cooldown', () => {
  test('prevents all calls until its end, and costs no try', async () => {
    const { failure, author } = makeFailingAuthor('author_rate_limited', {
      retryAfterMs: cooldownMs,
    });
    const clock = await db.databaseClock();
    const f = fleet({ author, clock });
    const requested = await f.request();
    const step = f.take('plan-day');
    await expect(f.work(step)).rejects.toBe(failure);
    const outcome = await f.handleFailure(step, failure);
    expect(outcome).toMatchObject({ kind: 'held', by: 'all', began: true });
    expect(author.calls.plan).toBe(1);
    for (let times = 0; times < 5; times++) {
      const refused = f.work(step);
      await expect(refused).rejects.toMatchObject({
        code: 'author_held',
        details: { code: 'author_rate_limited' },
      });
      const again = await f.handleFailure(step, await refused.catch((error) => error));
      expect(again).toMatchObject({ kind: 'held', by: 'all', began: false });
    }
    expect(author.calls.plan).toBe(1);
    const { waiting, error, status } = await f.now(requested.id);
    expect([status, error]).toEqual(['planning', null]);
    expect(waiting?.reason).toBe('It failed.');
    const waits = Temporal.Instant.from(waiting?.until ?? '').since(clock.now());
    // A little longer than requested, since clocks differ.
    expect(waits.total('milliseconds')).toBe(cooldownMs + 100 + 2_500);
  });

  test('after our own rate limit costs neither a try nor a call', async () => {
    const bucket = { take: async () => makeCallReservation(cooldownMs) };
    const f = fleet({
      quotas: { bucket, day: null },
      clock: await db.databaseClock(),
      fallback: 'offline',
    });
    const requested = await f.request();
    const step = f.take('plan-day');
    const refused = f.work(step);
    await expect(refused).rejects.toMatchObject({ code: 'author_rate_limited' });
    const outcome = await f.handleFailure(step, await refused.catch((error) => error));
    expect(outcome).toMatchObject({ kind: 'held', by: 'all', began: true });
    expect(f.author.calls.plan).toBe(0);
    const { waiting, usage } = await f.now(requested.id);
    expect(waiting?.reason).toMatch(/configured rate limit/);
    expect(usage.calls).toBe(0);
    expect(await db.database('author_calls').select('id')).toEqual([]);
    // The deadline applies to days that wait for the rate limit too.
    await db
      .database('generations')
      .where({ id: requested.id })
      .update({ fallback_at: '-infinity' });
    expect(await f.fallBackOverdue()).toMatchObject([
      {
        reason: { code: 'author_rate_limited' },
        outcome: { kind: 'fell-back', generation: { id: requested.id } },
      },
    ]);
  });

  test('after a rejected key applies to that key only, and the failed step is given up at once', async () => {
    const { failure, author } = makeFailingAuthor('author_unauthorized');
    const f = fleet({ author });
    const requested = await f.request();
    const step = f.take('plan-day');
    await expect(f.work(step)).rejects.toBe(failure);
    expect(await f.handleFailure(step, failure)).toMatchObject({ kind: 'failed' });
    expect(await f.now(requested.id)).toMatchObject({ error: { code: 'author_unauthorized' } });
    const [cooldown] = await f.store.cooldowns.list();
    expect(cooldown).toMatchObject({ author: 'gemini', fingerprint: 'scripted-key' });
    // Another key has no cooldown.
    const other = fleet({ author: { ...makeScriptedAuthor(), fingerprint: 'another-key' } });
    await other.request();
    await other.work(other.take('plan-day'));
    const same = fleet();
    await same.request();
    const waiting = same.take('plan-day');
    const refused = same.work(waiting);
    await expect(refused).rejects.toMatchObject({ code: 'author_held' });
    expect(await same.handleFailure(waiting, await refused.catch((error) => error))).toMatchObject({
      kind: 'held',
      by: 'key',
    });
  });
});

describe('with the offline author as fallback', () => {
  test('the fallback finishes the day, marks it, and keeps the written texts', async () => {
    const f = fleet({ fallback: 'offline' });
    const requested = await f.request();
    await f.work(f.take('plan-day'));
    await f.work(f.take('write-chapter'));
    const given = f.take('write-chapter');
    const blocked = new TexasError('author_blocked', 'A filter stopped the text.');
    expect(await f.handleFailure(given, blocked)).toMatchObject({
      kind: 'fell-back',
      generation: { id: requested.id, author: 'offline', run: 2 },
    });
    await f.workAll();
    expect(f.author.calls.chapter).toHaveLength(1);
    expect(f.offline.calls.chapter).toHaveLength(3);
    expect(await f.now(requested.id)).toMatchObject({
      status: 'published',
      author: 'offline',
      fallback: { from: 'gemini', code: 'author_blocked' },
    });
    const day = await f.store.days.find('texas', Temporal.PlainDate.from(f.date));
    expect(day?.generation.fallback).toMatchObject({ from: 'gemini', code: 'author_blocked' });
  });

  test.each([false, true])(
    'a scheduled day that a person asks for falls back at once (job lost: %p)',
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

  test('a cooldown is not waited for beyond an hour before she wakes', async () => {
    const time = { now: (await db.databaseClock()).now() };
    const f = fleet({ fallback: 'offline', clock: { now: () => time.now } });
    const requested = await f.request();
    const until = time.now.add({ hours: 24 * 40 });
    const key = { author: 'gemini', fingerprint: 'scripted-key' } as const;
    await f.store.cooldowns.begin({ ...key, code: 'author_rate_limited', reason: 'Spent.', until });
    expect(await f.fallBackOverdue()).toEqual([]);
    // She wakes at 06:00 at the earliest.
    const wakes = Temporal.PlainDate.from(f.date).toZonedDateTime({
      timeZone: 'Asia/Shanghai',
      plainTime: '06:00',
    });
    time.now = wakes.subtract({ minutes: 61 }).toInstant();
    expect(await f.fallBackOverdue()).toEqual([]);
    time.now = wakes.subtract({ minutes: 59 }).toInstant();
    expect(await f.fallBackOverdue()).toMatchObject([
      { outcome: { kind: 'fell-back', generation: { id: requested.id, author: 'offline' } } },
    ]);
    await f.workAll();
    expect(await f.now(requested.id)).toMatchObject({
      status: 'published',
      fallback: { code: 'author_rate_limited' },
    });
    // When the author is available again, the day is rewritten once.
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

describe('an overdue generation', () => {
  const late = ({ id }: { id: string }) =>
    db.database('generations').where({ id }).update({ fallback_at: '-infinity' });

  test('fails once without a fallback', async () => {
    const f = fleet({ fallback: 'none' });
    const requested = await f.request();
    const until = fixedClock.now().add({ hours: 24 * 365 });
    const key = { author: 'gemini', fingerprint: 'scripted-key' } as const;
    await f.store.cooldowns.begin({ ...key, code: 'author_rate_limited', reason: 'Spent.', until });
    expect(await f.fallBackOverdue()).toEqual([]);
    await late(requested);
    expect(await f.fallBackOverdue()).toMatchObject([
      {
        reason: { code: 'author_rate_limited' },
        outcome: { kind: 'failed', generation: { id: requested.id } },
      },
    ]);
    expect(await f.fallBackOverdue()).toEqual([]);
    const error = { code: 'author_rate_limited', message: 'Spent.' };
    expect(await f.now(requested.id)).toMatchObject({ status: 'failed', error });
  });

  test('falls back too if no worker can call its author', async () => {
    const f = fleet({ fallback: 'offline' });
    const requested = await f.request();
    await late(requested);
    expect(await f.fallBackOverdue()).toEqual([]);
    expect(await f.fallBackOverdue(['offline'])).toMatchObject([
      {
        reason: { code: 'author_held' },
        outcome: { generation: { id: requested.id, author: 'offline' } },
      },
    ]);
    // A generation of the offline author stays with it even if no worker serves its queue.
    await late(requested);
    expect(await f.fallBackOverdue([])).toEqual([]);
    await f.workAll();
    expect(await f.now(requested.id)).toMatchObject({ status: 'published' });
  });
});
