import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import type { Generation, RequestRepository } from '@texas-ai/life';
import { buildProfile, makeTestDatabase, type TestDatabase } from '@texas-ai/testing';

let db: TestDatabase;
let requests: TestDatabase['store']['requests'];
let day = 0;
let request: Parameters<typeof requests.begin>[0];

beforeAll(async () => {
  db = await makeTestDatabase();
  ({ requests } = db.store);
  await db.store.characters.synchronise([
    { profile: buildProfile('zh', { id: 'texas', timeZone: 'Asia/Tokyo' }), hash: 'one' },
  ]);
});
afterAll(() => db.drop());
beforeEach(() => {
  const date = Temporal.PlainDate.from('2026-01-01').add({ days: ++day });
  request = {
    character: 'texas',
    date,
    fresh: false,
    askedBy: 'person',
    idempotency: null,
    requestId: null,
    author: 'offline',
    fallbackAt: null,
  };
});

const idempotency = (key: string, caller = 'one-key') => ({ caller, key });
const failed = async (generation: Generation): Promise<Generation> => {
  await db.store.generations.fail(generation.id, null, {
    code: 'author_timeout',
    message: 'too long',
  });
  const found = await db.store.generations.find(generation.id);
  if (!found) throw new Error('The generation is gone.');
  return found;
};
const begin = async (...args: Parameters<RequestRepository['begin']>): Promise<Generation> =>
  (await requests.begin(...args)).generation;
const conflict = expect.objectContaining({ code: 'storage_conflict' });

describe('reading the state', () => {
  test('finds no character, or no generation yet', async () => {
    expect(await requests.read({ ...request, character: 'nobody' })).toEqual({
      character: null,
      newest: null,
      repeated: null,
    });
    expect(await requests.read(request)).toEqual({
      character: { timeZone: 'Asia/Tokyo', wakesAt: '06:00' },
      newest: null,
      repeated: null,
    });
  });

  test('finds the newest generation as stored', async () => {
    const first = await begin({ ...request, requestId: 'r1' }, null);
    const second = await begin(request, first);
    const { newest } = await requests.read(request);
    expect(newest).toEqual({ generation: second, missingChapters: [] });
    expect(second).toMatchObject({ ordinal: 2, status: 'queued', run: 1 });
    expect(first.requestId).toBe('r1');
  });

  test('finds the generation of an idempotency key for its own caller only', async () => {
    const mine = { ...request, fresh: true, idempotency: idempotency('k') };
    const generation = await begin(mine, null);
    expect((await requests.read(mine)).repeated).toEqual({ generation, fresh: true });
    const other = { ...mine, idempotency: idempotency('k', 'other') };
    expect((await requests.read(other)).repeated).toBeNull();
    const elsewhere = { ...mine, date: Temporal.PlainDate.from('2020-01-01') };
    expect((await requests.read(elsewhere)).repeated?.generation).toEqual(generation);
  });
});

describe('beginning', () => {
  test('cancels the one in flight, in the same transaction', async () => {
    const first = await begin(request, null);
    const second = await begin(request, first);
    expect(await db.store.generations.find(first.id)).toMatchObject({ status: 'cancelled' });
    // A request that read the first as the newest comes too late and cancels nothing.
    await expect(begin(request, first)).rejects.toEqual(conflict);
    expect(await db.store.generations.find(second.id)).toMatchObject({ status: 'queued' });
  });

  test('conflicts with one in flight and with a taken ordinal', async () => {
    const first = await begin(request, null);
    await expect(begin(request, null)).rejects.toEqual(conflict);
    await failed(first);
    await expect(begin(request, null)).rejects.toEqual(conflict);
    expect(await begin(request, await failed(first))).toMatchObject({ ordinal: 2 });
  });

  test('with a key used in the meantime stores nothing', async () => {
    const mine = { ...request, idempotency: idempotency(`k-${request.date}`) };
    await begin(mine, null);
    const other = { ...mine, date: Temporal.PlainDate.from('2021-01-01') };
    await expect(begin(other, null)).rejects.toEqual(conflict);
    expect((await requests.read({ ...other, idempotency: null })).newest).toBeNull();
  });
});

describe('resuming', () => {
  test('continues a failed one under a new run, once', async () => {
    const dead = await failed(await begin(request, null));
    const mine = { ...request, idempotency: idempotency(`k-${request.date}`) };
    const { generation } = await requests.resumeFailed(dead, mine, null);
    expect(generation).toMatchObject({ id: dead.id, status: 'queued', run: 2, error: null });
    await expect(requests.resumeFailed(dead, request, null)).rejects.toEqual(conflict);
    expect((await requests.read(mine)).repeated?.generation.id).toBe(dead.id);
  });

  test('conflicts with a newer generation, even a finished one', async () => {
    const dead = await failed(await begin(request, null));
    const next = await begin(request, dead);
    await expect(requests.resumeFailed(dead, request, null)).rejects.toEqual(conflict);
    await db.store.generations.cancel(next.id);
    await expect(requests.resumeFailed(dead, request, null)).rejects.toEqual(conflict);
  });
});

describe('restarting', () => {
  test('gives a new run to one in flight only', async () => {
    const first = await begin(request, null);
    const mine = { ...request, idempotency: idempotency(`k-${request.date}`) };
    expect(await requests.restartRun(first.id, mine)).toMatchObject({ generation: { run: 2 } });
    expect((await requests.read(mine)).repeated?.generation.id).toBe(first.id);
    expect(await requests.restartRun(first.id, request)).toMatchObject({ generation: { run: 3 } });
    await db.store.generations.cancel(first.id);
    expect(await requests.restartRun(first.id, request)).toBeNull();
  });
});
