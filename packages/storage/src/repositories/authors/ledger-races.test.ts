import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type LedgerRepository, type OpenedCall, type PlannedCall, sumName } from '@texas-ai/life';
import { buildProfile, makeTestDatabase, type TestDatabase, until } from '@texas-ai/testing';
import { buildCall, buildProbe, fixedNow, openPool } from '../../../test/calls.js';
import { insertInFlight } from '../../../test/generations.js';
import type { Database } from '../../database/database.js';
import { makeStore } from '../../store.js';

// Many workers at once, each with its own connection.

const workers = 20;
const characters = ['texas', 'lin', 'robin'];

let db: TestDatabase;
let pool: Database;
let ledger: LedgerRepository;

beforeAll(async () => {
  db = await makeTestDatabase();
  pool = await openPool(db, workers);
  ledger = ledgerOfAll(Array.from({ length: workers }, () => makeStore(pool).ledger));
  await db.store.characters.synchronise(
    characters.map((id) => ({ profile: buildProfile('zh', { id }), hash: id })),
  );
});
afterAll(async () => {
  await pool.destroy();
  await db.drop();
});
beforeEach(async () => {
  await db.database('spending').delete();
  await db.database('spending_shards').delete();
  await db.database('author_calls').delete();
});

/** Opens and closes calls by the ledgers in turn: each batches only the calls of its own worker. */
function ledgerOfAll(ledgers: readonly LedgerRepository[]): LedgerRepository {
  let turn = 0;
  const next = () => ledgers[turn++ % ledgers.length] as LedgerRepository;
  return {
    ...next(),
    open: (call) => next().open(call),
    close: (id, end) => next().close(id, end),
  };
}

const capped = (tokens: number) => ({
  everybody: { day: { tokens, money: null }, month: { tokens: null, money: null } },
});
const opened = (results: readonly OpenedCall[]) =>
  results.flatMap((each) => (each.kind === 'opened' ? [each.id] : []));

/** Opens this number of calls of a generation at once, each for another chapter. */
function openChapters(call: PlannedCall, calls: number): Promise<OpenedCall[]> {
  return Promise.all(
    Array.from({ length: calls }, (_, chapter) => ledger.open({ ...call, chapter })),
  );
}

async function spentOf(call: PlannedCall): Promise<number[]> {
  const spent = await ledger.spent(call.sums);
  return call.sums.map((sum) => spent.get(sumName(sum))?.tokens ?? 0);
}

test('fifty calls at once never exceed a cap', async () => {
  const { id } = await insertInFlight(db);
  const call = buildCall(id, { budget: capped(12_500) });
  for (const more of [12, 0]) {
    const results = await openChapters(call, 50);
    expect(opened(results)).toHaveLength(more);
  }
  expect(await spentOf(call)).toEqual([12_000, 12_000, 12_000, 12_000]);
  expect(await db.database('author_calls').where({ generation_id: id })).toHaveLength(12);
});

test('the first calls of a day never exceed a cap', async () => {
  for (let day = 0; day < 10; day++) {
    const { id } = await insertInFlight(db);
    const now = fixedNow.add({ hours: 24 * day });
    const call = buildCall(id, { budget: capped(1_500), now });
    const results = await openChapters(call, 20);
    expect([day, opened(results).length]).toEqual([day, 1]);
  }
});

test('a character at its cap does not block the others', async () => {
  const none = { tokens: null, money: null };
  const budget = { eachCharacter: { day: none, month: { tokens: null, money: 0.055 } } };
  const calls = await Promise.all(
    characters.map(async (character) =>
      buildCall((await insertInFlight(db, character)).id, { character, budget }),
    ),
  );
  const results = (await Promise.all(calls.map((call) => openChapters(call, 20)))).flat();
  expect(opened(results)).toHaveLength(15);
  for (const call of calls) expect(await spentOf(call)).toEqual([5_000, 5_000, 15_000, 15_000]);
});

test('opening and closing calls at the same time never deadlocks', async () => {
  const generations = await Promise.all(
    characters.map((character) => insertInFlight(db, character)),
  );
  const calls = generations.map(({ id, character }) => buildCall(id, { character }));
  const all = <T>(work: (call: PlannedCall, index: number) => Promise<T>) =>
    Promise.all(Array.from({ length: 42 }, (_, i) => work(calls[i % 3] as PlannedCall, i)));
  const usage = { inputTokens: 100, outputTokens: 50, money: 0.002 };
  const openAll = (round: number) =>
    all((call, i) => ledger.open({ ...call, chapter: 42 * round + i }));
  let open = opened(await openAll(0));
  for (let round = 1; round <= 5; round++) {
    const ends = open.map((id) => ledger.close(id, { outcome: 'answered', usage }));
    const begins = openAll(round);
    await Promise.all(ends);
    open = opened(await begins);
    expect(open).toHaveLength(42);
  }
  // Five rounds of 42 calls have ended, 14 per character; one of 42 is in flight.
  const each = 5 * 14 * 150 + 14 * 1_000;
  for (const call of calls) expect(await spentOf(call)).toEqual([each, each, 3 * each, 3 * each]);
  for (const { id } of generations) {
    const usageOf = { calls: 5 * 14, inputTokens: 5 * 14 * 100, outputTokens: 5 * 14 * 50 };
    expect(await db.store.generations.find(id)).toMatchObject({ usage: usageOf });
  }
});

test('closing a call many times at once corrects the sums once', async () => {
  const { id } = await insertInFlight(db);
  const call = buildCall(id);
  const [one = ''] = opened([await ledger.open(call)]);
  const usage = { inputTokens: 7, outputTokens: 3, money: 0.001 };
  await Promise.all(
    Array.from({ length: workers }, () => ledger.close(one, { outcome: 'answered', usage })),
  );
  expect(await spentOf(call)).toEqual([10, 10, 10, 10]);
  expect(await db.store.generations.find(id)).toMatchObject({
    usage: { calls: 1, inputTokens: 7, outputTokens: 3, cost: 0.001 },
  });
});

describe('workers that make the same call at once', () => {
  const leaseMs = 3_600_000;
  const lockWaits = async () => {
    const { rows } = await db.database.raw(
      `SELECT FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return rows.length;
  };

  /** So near that every call locks the sums. */
  const budget = capped(50_000);

  /** Keeps the sums locked until all the work waits, so that no worker sees another's changes. */
  async function together<T>(
    call: PlannedCall,
    begin: (waiting: (statements: number) => Promise<void>) => Promise<T>,
  ): Promise<T> {
    // Creates the sums of the day.
    for (const entry of opened([await ledger.open({ ...call, chapter: 99 })])) {
      const usage = { inputTokens: 0, outputTokens: 0, money: 0 };
      await ledger.close(entry, { outcome: 'answered', usage });
    }
    const sums = await db.database.transaction();
    try {
      await sums.raw('SELECT FROM spending FOR UPDATE');
      return await begin((statements) => until(async () => (await lockWaits()) === statements));
    } finally {
      await sums.commit();
    }
  }

  async function tenAtOnce(call: PlannedCall): Promise<OpenedCall[]> {
    const { results } = await together(call, async (waiting) => {
      const ten = Promise.all(Array.from({ length: 10 }, () => ledger.open(call)));
      await waiting(10);
      return { results: ten };
    });
    return results;
  }

  const kinds = (results: readonly OpenedCall[]) => results.map(({ kind }) => kind).sort();
  const oneOfTen = [...Array(9).fill('in-flight'), 'opened'];

  test('open it once and count it once', async () => {
    const { id } = await insertInFlight(db);
    const call = buildCall(id, { leaseMs, budget });
    expect(kinds(await tenAtOnce(call))).toEqual(oneOfTen);
    expect(await spentOf(call)).toEqual([1_000, 1_000, 1_000, 1_000]);
    expect(await db.database('author_calls')).toHaveLength(2);
  });

  test('open it once even if it is the first of a day, whose sums do not exist yet', async () => {
    const { id } = await insertInFlight(db);
    for (let day = 0; day < 10; day++) {
      const now = fixedNow.add({ hours: 24 * day });
      const call = buildCall(id, { leaseMs, budget, now, chapter: day });
      const results = await Promise.all(Array.from({ length: 10 }, () => ledger.open(call)));
      expect([day, ...kinds(results)]).toEqual([day, ...oneOfTen]);
      expect((await spentOf(call)).slice(0, 1)).toEqual([1_000]);
    }
  });

  test('open it once after the lease of a dead worker has expired', async () => {
    const { id } = await insertInFlight(db);
    const call = buildCall(id, { leaseMs, budget });
    await ledger.open({ ...call, leaseMs: -1_000 });
    expect(kinds(await tenAtOnce(call))).toEqual(oneOfTen);
    expect(await spentOf(call)).toEqual([2_000, 2_000, 2_000, 2_000]);
  });

  test('may all probe: probes belong to no generation', async () => {
    const results = await Promise.all(
      Array.from({ length: 10 }, () => ledger.open(buildProbe({ leaseMs }))),
    );
    expect(opened(results)).toHaveLength(10);
  });

  test('do not deadlock if one opens the call while another closes it', async () => {
    const { id } = await insertInFlight(db);
    const call = buildCall(id, { leaseMs, budget });
    const { late } = await together(call, async (waiting) => {
      // Its snapshot has no call in flight, since the first one is entered later.
      const late = ledger.open(call);
      await waiting(1);
      const first = randomUUID();
      await db.database.raw(
        `INSERT INTO author_calls (id, generation_id, character_id, date, step, chapter, author,
           spent_on, input_tokens, output_tokens, cost, leased_until)
         SELECT ?, generation_id, character_id, date, step, 0, author,
           spent_on, 0, 0, 0, 'infinity' FROM author_calls`,
        [first],
      );
      await ledger.close(first, { outcome: 'answered', usage: null });
      return { late };
    });
    // The first one has ended meanwhile.
    expect(await late).toMatchObject({ kind: 'opened' });
    expect(await spentOf(call)).toEqual([1_000, 1_000, 1_000, 1_000]);
  });
});

describe('calls far from a cap', () => {
  const oneEach = (budget: Parameters<typeof buildCall>[1]) =>
    Promise.all(
      characters.map(async (character) => {
        const { id } = await insertInFlight(db, character);
        return buildCall(id, { character, ...budget });
      }),
    );

  test('never wait for one another', async () => {
    const calls = await oneEach({ budget: capped(10_000_000) });
    for (const call of calls) await ledger.open(call);
    const sums = await db.database.transaction();
    try {
      await sums.raw('SELECT FROM spending FOR UPDATE');
      await sums.raw('SELECT FROM spending_shards FOR UPDATE');
      for (const call of calls) {
        const [entry = ''] = opened([await ledger.open({ ...call, chapter: 1 })]);
        await ledger.close(entry, { outcome: 'answered', usage: null });
      }
    } finally {
      await sums.commit();
    }
    for (const call of calls) expect(await spentOf(call)).toEqual([2_000, 2_000, 6_000, 6_000]);
  });

  test('of all workers at once reach the cap and never exceed it', async () => {
    // The first ones are far from it, the last ones near.
    const cap = 1_200_500;
    const [call] = await oneEach({ budget: capped(cap), maxCalls: 10_000 });
    if (!call) throw new Error('There is no call.');
    const results = [];
    for (let round = 0; round < 7; round++) {
      const some = Array.from({ length: 200 }, (_, chapter) =>
        ledger.open({ ...call, chapter: 200 * round + chapter }),
      );
      results.push(...(await Promise.all(some)));
    }
    expect(opened(results)).toHaveLength(1_200);
    expect((await spentOf(call)).slice(2)).toEqual([1_200_000, 1_200_000]);
    const shards = await db.database('spending_shards').where({ scope: '', period: 'day' });
    expect(shards.length).toBeGreaterThan(0);
    expect(
      (await db.database('spending').where({ scope: '', period: 'day' }))[0]?.tokens,
    ).toBeGreaterThan(0);
  });
});
