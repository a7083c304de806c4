import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import {
  buildPlan,
  buildProfile,
  buildSlots,
  makeTestDatabase,
  type TestDatabase,
} from '@texas-ai/testing';
import { beginGeneration, buildPlannedDay } from '../test/written-days.js';

let db: TestDatabase;
let date = Temporal.PlainDate.from('2026-03-01');

beforeAll(async () => {
  db = await makeTestDatabase();
  await db.store.characters.synchronise([
    { profile: buildProfile('zh', { id: 'texas', timeZone: 'America/New_York' }), hash: 'one' },
  ]);
});
afterAll(() => db.drop());
beforeEach(() => {
  date = date.add({ days: 1 });
});

test('exclusive work runs in one process at a time, other work beside it', async () => {
  const order: string[] = [];
  let other: boolean | undefined;
  const first = await db.store.exclusively('reconcile', async () => {
    other = await db.store.exclusively('reconcile', async () => void order.push('other'));
    await db.store.exclusively('prune', async () => void order.push('something else'));
  });
  expect([first, other, order]).toEqual([true, false, ['something else']]);
  expect(await db.store.exclusively('reconcile', async () => undefined)).toBe(true);
});

test('a transaction that fails stores nothing', async () => {
  const { id } = await beginGeneration(db, date);
  const failing = db.store.transaction(async ({ checkpoints }) => {
    await checkpoints.storePlan(id, buildPlannedDay(buildSlots(buildPlan('zh'), [1])), null);
    throw new Error('the worker was killed');
  });
  await expect(failing).rejects.toThrow();
  expect(await db.store.generations.find(id)).toMatchObject({
    status: 'queued',
    chapters: { total: 0 },
  });
});

test('a broken connection is storage_unavailable, and the pool recovers', async () => {
  const killed = db.store.transaction(async ({ generations }) => {
    await db.database.raw(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    await generations.find('019ac0a5-8b0e-7c1f-9d3a-2f6f5f0f7a11');
  });
  await expect(killed).rejects.toMatchObject({ code: 'storage_unavailable' });
  expect(await db.store.characters.find('texas')).not.toBeNull();
});
