import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Temporal, TexasError } from '@texas-ai/kernel';
import { buildProfile, makeLogSpy, makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import { makeFleet } from '../../test/fleet.js';
import { rewriteDay, rowCounts, truncateTables, writeDay } from '../../test/stored-lives.js';
import { type PruneDeps, prune } from './prune.js';
import type { RetentionAges } from './retention.js';

let db: TestDatabase;
let other: TestDatabase['database'];
beforeAll(async () => {
  db = await makeTestDatabase();
  other = db.database;
});
afterAll(() => db.drop());
beforeEach(async () => {
  await truncateTables(db);
  await db.store.characters.synchronise([
    { profile: buildProfile('zh', { id: 'texas' }), hash: 'hash-1' },
  ]);
});

const forEver: RetentionAges = {
  supersededDays: null,
  experiencesDays: null,
  interactionsDays: null,
  costsDays: null,
  idempotencyDays: null,
  alertsDays: null,
};

/** Far behind every date of a fleet, and behind what is stamped with the database's clock. */
const later = Temporal.Instant.from('2099-01-01T12:00:00Z');

function pruneWith(
  ages: Partial<RetentionAges>,
  options: { dryRun?: boolean; now?: Temporal.Instant; signal?: AbortSignal } = {},
  more: Partial<PruneDeps> = {},
) {
  const { dryRun = false, now = later, signal = new AbortController().signal } = options;
  const deps: PruneDeps = {
    store: db.store,
    clock: { now: () => now },
    logger: makeLogSpy(),
    ages: { ...forEver, ...ages },
    onDayRemoved: async () => undefined,
    ...more,
  };
  return prune(deps, { dryRun, signal });
}

async function removed(...args: Parameters<typeof pruneWith>): Promise<Record<string, number>> {
  const pruned = await pruneWith(...args);
  return Object.fromEntries(pruned.map(({ kind, count }) => [kind, count]));
}

const ids = async (table = 'generations') => (await db.database(table).pluck('id')).sort();

describe('superseded generations', () => {
  test('go with all that belongs to them; the day that took their place stays whole', async () => {
    const { id, date, fleet } = await writeDay(db);
    const live = await rewriteDay(fleet);
    const day = await db.store.days.find('texas', Temporal.PlainDate.from(date));
    const whole = await rowCounts(db);
    const only = await removed({ supersededDays: 30 });
    expect(only).toEqual({ 'replaced-generations': 1, 'given-up-generations': 0 });
    expect(await ids()).toEqual([live]);
    expect(await ids()).not.toContain(id);
    expect(await db.store.days.find('texas', Temporal.PlainDate.from(date))).toEqual(day);
    const rest = await rowCounts(db);
    for (const table of ['schedule_items', 'chapters', 'experiences', 'interactions'] as const) {
      expect(rest[table]).toBeGreaterThan(0);
      expect(rest[table]).toBeLessThan(whole[table]);
      const others = await db.database(table).whereNot({ generation_id: live });
      expect(others).toEqual([]);
    }
    expect(rest).toMatchObject({ idempotency_keys: 0, author_calls: whole.author_calls });
  });

  test('stay until they were replaced so long ago, and while their date is not over', async () => {
    const { fleet, id } = await writeDay(db);
    const live = await rewriteDay(fleet);
    await setFinished(id, '2026-01-01T00:00:00Z');
    await setFinished(live, '2026-12-25T12:00:00Z');
    const at = (text: string) => ({ now: Temporal.Instant.from(text) });
    const gone = async (text: string) =>
      (await removed({ supersededDays: 10 }, { ...at(text), dryRun: true }))[
        'replaced-generations'
      ];
    expect(await gone('2027-01-04T11:59:59Z')).toBe(0);
    expect(await gone('2027-01-04T12:00:01Z')).toBe(1);
    await setFinished(live, '2026-01-01T00:00:00Z');
    const over = Temporal.PlainDate.from(fleet.date).add({ days: 1 }).toString();
    expect(await gone(`${over}T11:59:59Z`)).toBe(0);
    expect(await gone(`${over}T12:00:00Z`)).toBe(1);
  });

  test('that failed or were cancelled go once they ended so long ago, in flight ones never', async () => {
    const failed = makeFleet(db);
    const cancelled = makeFleet(db);
    const flying = makeFleet(db);
    const [a, b, c] = [await failed.request(), await cancelled.request(), await flying.request()];
    await flying.work(flying.take('plan-day'));
    await db.store.generations.fail(a.id, null, {
      code: 'author_timeout',
      message: 'It took too long.',
    });
    await db.store.generations.cancel(b.id);
    for (const { id } of [a, b]) await setFinished(id, '2026-12-25T12:00:00Z');
    const at = (text: string) => ({ now: Temporal.Instant.from(text) });
    expect(await removed({ supersededDays: 1 }, at('2026-12-26T12:00:00Z'))).toMatchObject({
      'given-up-generations': 0,
    });
    expect(await failed.request()).toMatchObject({ id: a.id, status: 'queued' });
    await db.store.generations.fail(a.id, null, {
      code: 'author_timeout',
      message: 'It took too long.',
    });
    await setFinished(a.id, '2026-12-25T12:00:00Z');
    expect(await removed({ supersededDays: 1 }, at('2026-12-26T12:00:01Z'))).toMatchObject({
      'given-up-generations': 2,
    });
    expect(await ids()).toEqual([c.id]);
    expect((await rowCounts(db)).schedule_items).toBeGreaterThan(0);
  });
});

const setFinished = (id: string, finished_at: string) =>
  db.database('generations').where({ id }).update({ finished_at });

describe('days', () => {
  /** Today, where it is earliest, when these days are so old. */
  const after = (date: string, days: number) =>
    Temporal.PlainDate.from(date)
      .add({ days })
      .toZonedDateTime({ timeZone: 'Etc/GMT+12', plainTime: '00:00' })
      .toInstant();

  test('go whole, with every generation of their date, and are told of', async () => {
    const old = await writeDay(db);
    await rewriteDay(old.fleet);
    const young = await writeDay(db);
    const told: string[] = [];
    const onDayRemoved = async (character: string, date: string) => {
      told.push(`${character} ${date}`);
    };
    const now = after(old.date, 11);
    expect(await removed({ experiencesDays: 11 }, { now }, { onDayRemoved })).toEqual({ days: 0 });
    expect(await removed({ experiencesDays: 10 }, { now }, { onDayRemoved })).toEqual({ days: 1 });
    expect(told).toEqual([`texas ${old.date}`]);
    expect(await ids()).toEqual([young.id]);
    expect(await db.store.days.find('texas', Temporal.PlainDate.from(old.date))).toBeNull();
    const day = await db.store.days.find('texas', Temporal.PlainDate.from(young.date));
    expect(day?.items.flatMap(({ experiences }) => experiences)).not.toEqual([]);
    const rest = await rowCounts(db);
    const one = await db.database('experiences').where({ generation_id: young.id });
    expect(rest).toMatchObject({ days: 1, experiences: one.length, chapters: 4 });
  });

  test('with a generation in flight stay as they are', async () => {
    const { date, fleet, id } = await writeDay(db);
    const { id: flying } = await fleet.request({ fresh: true });
    const before = await rowCounts(db);
    expect(await removed({ experiencesDays: 1 })).toEqual({ days: 0 });
    expect(await rowCounts(db)).toEqual(before);
    await fleet.workAll();
    expect(await db.store.days.find('texas', Temporal.PlainDate.from(date))).toMatchObject({
      generation: { id: flying },
    });
    expect(await ids()).toEqual([id, flying].sort());
  });

  test('stay, the whole batch of them, where a cache cannot be told', async () => {
    await writeDay(db);
    const { date } = await writeDay(db);
    const before = await rowCounts(db);
    const onDayRemoved = async (_character: string, gone: string) => {
      if (gone === date) throw new TexasError('queue_unavailable', 'Redis is away.');
    };
    const pruning = pruneWith({ experiencesDays: 1 }, {}, { onDayRemoved });
    await expect(pruning).rejects.toMatchObject({ code: 'queue_unavailable' });
    expect(await rowCounts(db)).toEqual(before);
  });

  test('somebody else has locked are left, and nobody waits for it', async () => {
    const [first, second] = [await writeDay(db), await writeDay(db)];
    await other.transaction(async (holder) => {
      await holder('days').where({ date: first.date }).forUpdate().first();
      await holder.raw("SET LOCAL lock_timeout = '5s'");
      expect(await removed({ experiencesDays: 1 })).toEqual({ days: 1 });
      expect(await db.store.days.find('texas', Temporal.PlainDate.from(first.date))).not.toBeNull();
    });
    expect(await ids()).toEqual([first.id]);
    expect(await removed({ experiencesDays: 1 })).toEqual({ days: 1 });
    expect(await ids()).not.toContain(second.id);
  });

  test('are read while they are removed', async () => {
    const { date } = await writeDay(db);
    await db.store.transaction(async ({ retention }) => {
      const instant = later;
      const cutoff = { instant, date: '2099-01-01', today: '2099-01-01' };
      expect(await retention.removeDays(cutoff, 10)).toEqual([{ character: 'texas', date }]);
      expect(await db.store.days.find('texas', Temporal.PlainDate.from(date))).toMatchObject({
        date,
      });
    });
    expect(await db.store.days.find('texas', Temporal.PlainDate.from(date))).toBeNull();
  });
});

describe('single rows', () => {
  test('interactions go by the date of their day, which keeps its texts', async () => {
    const { date } = await writeDay(db);
    const day = await db.store.days.find('texas', Temporal.PlainDate.from(date));
    const { interactions } = await rowCounts(db);
    expect(interactions).toBeGreaterThan(0);
    const now = Temporal.Instant.from(`${date}T13:00:00Z`);
    expect(await removed({ interactionsDays: 1 }, { now })).toEqual({ interactions: 0 });
    expect(await removed({ interactionsDays: 1 })).toEqual({ interactions });
    expect(await db.store.days.find('texas', Temporal.PlainDate.from(date))).toEqual(day);
  });

  test('calls go and their sums stay; open calls stay', async () => {
    const { id } = await writeDay(db);
    const { author_calls: calls } = await rowCounts(db);
    const sums = await db.database('spending');
    const open = await db.database('author_calls').where({ generation_id: id }).first('id');
    await db.database('author_calls').where(open).update({ closed_at: null });
    expect(sums.length).toBeGreaterThan(0);
    expect(await removed({ costsDays: 31 })).toEqual({ calls: calls - 1 });
    expect(await ids('author_calls')).toEqual([open.id]);
    expect(await db.database('spending')).toEqual(sums);
  });

  test('idempotency keys go, and a repeat is another request then', async () => {
    const { fleet, id } = await writeDay(db);
    const repeat = () => fleet.request({ idempotencyKey: `of ${fleet.date}` });
    const now = await db.store.now();
    expect(await removed({ idempotencyDays: 30 }, { now })).toEqual({ 'idempotency-keys': 0 });
    expect((await repeat()).id).toBe(id);
    expect(await removed({ idempotencyDays: 30 })).toEqual({ 'idempotency-keys': 1 });
    expect((await repeat()).id).not.toBe(id);
  });

  test('alerts go once they recovered so long ago, with their deliveries', async () => {
    const insert = (kind: string, recovered_at: string | null) =>
      db.database.raw(
        `WITH alert AS (
           INSERT INTO alerts (id, kind, subject, level, title, message, opened_at, recovered_at)
           VALUES (gen_random_uuid(), :kind, '', 'error', 'A', 'B', '2020-01-01', :recovered)
           RETURNING id
         ) INSERT INTO alert_deliveries (alert_id, channel, phase) SELECT id, 'wecom', 'raised' FROM alert`,
        { kind, recovered: recovered_at },
      );
    await insert('open', null);
    await insert('old', '2026-01-01T00:00:00Z');
    await insert('young', '2026-01-02T00:00:00Z');
    const now = Temporal.Instant.from('2026-01-11T12:00:00Z');
    expect(await removed({ alertsDays: 10 }, { now })).toEqual({ alerts: 1 });
    expect(await db.database('alerts').orderBy('kind').pluck('kind')).toEqual(['open', 'young']);
    expect(await db.database('alert_deliveries')).toHaveLength(2);
  });
});

describe('pruning', () => {
  const all = {
    supersededDays: 30,
    experiencesDays: 90,
    interactionsDays: 60,
    costsDays: 31,
    idempotencyDays: 30,
    alertsDays: 30,
  };

  test('dry changes nothing and tells the same numbers', async () => {
    const { fleet } = await writeDay(db);
    await rewriteDay(fleet);
    await writeDay(db);
    await db.store.generations.fail((await makeFleet(db).request()).id, null, {
      code: 'aborted',
      message: 'x',
    });
    const before = await rowCounts(db);
    const would = await pruneWith(all, { dryRun: true });
    expect(await rowCounts(db)).toEqual(before);
    const did = await pruneWith(all);
    expect(did).toEqual(would);
    expect(did.map(({ kind, count }) => [kind, count > 0])).toEqual([
      ['interactions', true],
      ['idempotency-keys', true],
      ['replaced-generations', true],
      ['given-up-generations', true],
      ['days', true],
      ['calls', true],
      ['alerts', false],
    ]);
    const rest = await rowCounts(db);
    expect(rest).toEqual({
      ...Object.fromEntries(Object.keys(rest).map((table) => [table, 0])),
      characters: 1,
      major_events: before.major_events,
      spending: before.spending,
    });
    expect((await pruneWith(all)).every(({ count }) => count === 0)).toBe(true);
  });

  test('keeps everything where nothing has an age', async () => {
    const { fleet } = await writeDay(db);
    await rewriteDay(fleet);
    const before = await rowCounts(db);
    expect(await pruneWith({})).toEqual([]);
    expect(await rowCounts(db)).toEqual(before);
  });

  test('goes in batches, and stops between two of them', async () => {
    await db.database.raw(`
      INSERT INTO generations (id, character_id, date, ordinal, author, profile_hash, status,
        error_code, finished_at)
      SELECT gen_random_uuid(), 'texas', '2020-01-01'::date + n, 1, 'offline', 'x', 'failed', 'aborted',
        '2020-01-01' FROM generate_series(1, 450) AS n`);
    const most: number[] = [];
    const stop = new AbortController();
    const { retention } = db.store;
    const store: PruneDeps['store'] = {
      ...db.store,
      retention: {
        ...retention,
        async remove(...args) {
          const count = await retention.remove(...args);
          if (args[0] === 'given-up-generations') most.push(count);
          if (most.length === 2) stop.abort(new Error('Stopped.'));
          return count;
        },
      },
    };
    const stopped = pruneWith({ supersededDays: 1 }, { signal: stop.signal }, { store });
    await expect(stopped).rejects.toThrow('Stopped.');
    expect(most).toEqual([200, 200]);
    expect((await rowCounts(db)).generations).toBe(50);
    expect(await removed({ supersededDays: 1 })).toMatchObject({ 'given-up-generations': 50 });
  });
});
