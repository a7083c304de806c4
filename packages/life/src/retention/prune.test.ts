import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import type { TestDatabase } from '@texas-ai/testing';
import { makeFleet } from '../../test/fleet.js';
import { makePruningDatabase } from '../../test/pruning.js';
import { rewriteDay, rowCounts, writeDay } from '../../test/stored-lives.js';
import type { PruneDeps } from './prune.js';

let db: TestDatabase;
let pruning: Awaited<ReturnType<typeof makePruningDatabase>>;
beforeAll(async () => {
  pruning = await makePruningDatabase();
  db = pruning.db;
});
afterAll(() => db.drop());
beforeEach(() => pruning.reset());

describe('single rows', () => {
  test('interactions are removed by the date of their day, which keeps its texts', async () => {
    const { date } = await writeDay(db);
    const day = await db.store.days.find('texas', Temporal.PlainDate.from(date));
    const { interactions } = await rowCounts(db);
    expect(interactions).toBeGreaterThan(0);
    const now = Temporal.Instant.from(`${date}T13:00:00Z`);
    expect(await pruning.removed({ interactionsDays: 1 }, { now })).toEqual({ interactions: 0 });
    expect(await pruning.removed({ interactionsDays: 1 })).toEqual({ interactions });
    expect(await db.store.days.find('texas', Temporal.PlainDate.from(date))).toEqual(day);
  });

  test('calls are removed except open ones; their sums are kept', async () => {
    const { id } = await writeDay(db);
    const { author_calls: calls } = await rowCounts(db);
    const sums = await db.database('spending_shards');
    const open = await db.database('author_calls').where({ generation_id: id }).first('id');
    await db.database('author_calls').where(open).update({ closed_at: null });
    expect(sums.length).toBeGreaterThan(0);
    expect(await pruning.removed({ costsDays: 31 })).toEqual({ calls: calls - 1 });
    expect(await pruning.ids('author_calls')).toEqual([open.id]);
    expect(await db.database('spending_shards')).toEqual(sums);
  });

  test('idempotency keys are removed; then a repeated request is a new one', async () => {
    const { fleet, id } = await writeDay(db);
    const repeat = () => fleet.request({ idempotencyKey: `of ${fleet.date}` });
    const now = await db.store.now();
    expect(await pruning.removed({ idempotencyDays: 30 }, { now })).toEqual({
      'idempotency-keys': 0,
    });
    expect((await repeat()).id).toBe(id);
    expect(await pruning.removed({ idempotencyDays: 30 })).toEqual({ 'idempotency-keys': 1 });
    expect((await repeat()).id).not.toBe(id);
  });

  test('alerts are removed after the age since their recovery, with their deliveries', async () => {
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
    expect(await pruning.removed({ alertsDays: 10 }, { now })).toEqual({ alerts: 1 });
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

  test('with dryRun changes nothing and returns the same numbers', async () => {
    const { fleet } = await writeDay(db);
    await rewriteDay(fleet);
    await writeDay(db);
    await db.store.generations.fail((await makeFleet(db).request()).id, null, {
      code: 'aborted',
      message: 'x',
    });
    const before = await rowCounts(db);
    const would = await pruning.run(all, { dryRun: true });
    expect(await rowCounts(db)).toEqual(before);
    const did = await pruning.run(all);
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
      spending_shards: before.spending_shards,
    });
    expect((await pruning.run(all)).every(({ count }) => count === 0)).toBe(true);
  });

  test('keeps everything without ages', async () => {
    const { fleet } = await writeDay(db);
    await rewriteDay(fleet);
    const before = await rowCounts(db);
    expect(await pruning.run({})).toEqual([]);
    expect(await rowCounts(db)).toEqual(before);
  });

  test('works in batches, and can be stopped between them', async () => {
    await db.database.raw(`
      INSERT INTO generations (id, character_id, date, ordinal, author, profile_hash, status,
        error_code, finished_at)
      SELECT gen_random_uuid(), 'texas', '2020-01-01'::date + n, 1, 'offline', 'x', 'failed', 'aborted',
        '2020-01-01' FROM generate_series(1, 450) AS n`);
    const batches: number[] = [];
    const stop = new AbortController();
    const { retention } = db.store;
    const store: PruneDeps['store'] = {
      ...db.store,
      retention: {
        ...retention,
        async remove(...args) {
          const count = await retention.remove(...args);
          if (args[0] === 'given-up-generations') batches.push(count);
          if (batches.length === 2) stop.abort(new Error('Stopped.'));
          return count;
        },
      },
    };
    const stopped = pruning.run({ supersededDays: 1 }, { signal: stop.signal }, { store });
    await expect(stopped).rejects.toThrow('Stopped.');
    expect(batches).toEqual([200, 200]);
    expect((await rowCounts(db)).generations).toBe(50);
    expect(await pruning.removed({ supersededDays: 1 })).toMatchObject({
      'given-up-generations': 50,
    });
  });
});
