import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type LedgerRepository, type OpenedCall, type PlannedCall, sumName } from '@texas-ai/life';
import { buildProfile, makeTestDatabase, type TestDatabase } from '@texas-ai/testing';
import { buildCall, noon, openPool } from '../../test/calls.js';
import { begin } from '../../test/generations.js';
import type { Database } from '../database.js';
import { makeStore } from '../store.js';

// Many workers at once, each with a connection of its own.

const workers = 20;
const characters = ['texas', 'lin', 'robin'];

let db: TestDatabase;
let pool: Database;
let ledger: LedgerRepository;

beforeAll(async () => {
  db = await makeTestDatabase();
  pool = await openPool(db, workers);
  ({ ledger } = makeStore(pool));
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
  await db.database('author_calls').delete();
});

const capped = (tokens: number) => ({
  everybody: { day: { tokens, money: null }, month: { tokens: null, money: null } },
});
const opened = (answers: readonly OpenedCall[]) =>
  answers.flatMap((each) => (each.kind === 'opened' ? [each.id] : []));

async function spentOf(call: PlannedCall): Promise<number[]> {
  const spent = await ledger.spent(call.sums);
  return call.sums.map((sum) => spent.get(sumName(sum))?.tokens ?? 0);
}

test('a cap is never passed by fifty who call at once', async () => {
  const { id } = await begin(db);
  const call = buildCall(id, { budget: capped(12_500) });
  for (const more of [12, 0]) {
    const answers = await Promise.all(Array.from({ length: 50 }, () => ledger.open(call)));
    expect(opened(answers)).toHaveLength(more);
  }
  expect(await spentOf(call)).toEqual([12_000, 12_000, 12_000, 12_000]);
  expect(await db.store.generations.find(id)).toMatchObject({ usage: { calls: 12 } });
});

test('nor by those who are the first of a day', async () => {
  for (let day = 0; day < 10; day++) {
    const { id } = await begin(db);
    const now = noon.add({ hours: 24 * day });
    const call = buildCall(id, { budget: capped(1_500), now });
    const answers = await Promise.all(Array.from({ length: 20 }, () => ledger.open(call)));
    expect([day, opened(answers).length]).toEqual([day, 1]);
  }
});

test('nor is a cap of one character, while others go on', async () => {
  const none = { tokens: null, money: null };
  const budget = { eachCharacter: { day: none, month: { tokens: null, money: 0.055 } } };
  const calls = await Promise.all(
    characters.map(async (character) =>
      buildCall((await begin(db, character)).id, { character, budget }),
    ),
  );
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => calls.map((call) => ledger.open(call))).flat(),
  );
  expect(opened(answers)).toHaveLength(15);
  for (const call of calls) expect(await spentOf(call)).toEqual([5_000, 5_000, 15_000, 15_000]);
});

test('calls that begin and calls that end at the same time never wait for each other for ever', async () => {
  const generations = await Promise.all(characters.map((character) => begin(db, character)));
  const calls = generations.map(({ id, character }) => buildCall(id, { character }));
  const all = <T>(work: (call: PlannedCall, index: number) => Promise<T>) =>
    Promise.all(Array.from({ length: 42 }, (_, i) => work(calls[i % 3] as PlannedCall, i)));
  const usage = { inputTokens: 100, outputTokens: 50, money: 0.002 };
  let open = opened(await all((call) => ledger.open(call)));
  for (let round = 0; round < 5; round++) {
    const ends = open.map((id) => ledger.close(id, { outcome: 'answered', usage }));
    const begins = all((call) => ledger.open(call));
    await Promise.all(ends);
    open = opened(await begins);
    expect(open).toHaveLength(42);
  }
  // Five rounds of 42 calls have ended, 14 of each character; one of 42 is under way.
  const each = 5 * 14 * 150 + 14 * 1_000;
  for (const call of calls) expect(await spentOf(call)).toEqual([each, each, 3 * each, 3 * each]);
  for (const { id } of generations) {
    const usageOf = { calls: 6 * 14, inputTokens: 5 * 14 * 100, outputTokens: 5 * 14 * 50 };
    expect(await db.store.generations.find(id)).toMatchObject({ usage: usageOf });
  }
});

test('a call that is ended by many at once is corrected once', async () => {
  const { id } = await begin(db);
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
