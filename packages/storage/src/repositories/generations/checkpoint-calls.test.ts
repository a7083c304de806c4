import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import {
  buildPlan,
  buildProfile,
  buildSlots,
  makeTestDatabase,
  type TestDatabase,
} from '@texas-ai/testing';
import { buildCall } from '../../../test/calls.js';
import { beginGeneration, buildPlannedDay, buildText } from '../../../test/written-days.js';

let db: TestDatabase;
let date = Temporal.PlainDate.from('2026-03-01');

beforeAll(async () => {
  db = await makeTestDatabase();
  await db.store.characters.synchronise([
    { profile: buildProfile('zh', { id: 'texas' }), hash: 'one' },
  ]);
});
afterAll(() => db.drop());

describe('a call that gave a result', () => {
  const begun = async () => {
    date = date.add({ days: 1 });
    return (await beginGeneration(db, date)).id;
  };
  const usage = { inputTokens: 30, outputTokens: 12, money: 0.002 };
  const opened = async (id: string, step: 'plan-day' | 'write-chapter', chapter: number | null) => {
    const call = await db.store.ledger.open(buildCall(id, { step, chapter, leaseMs: 3_600_000 }));
    if (call.kind !== 'opened') throw new Error(`The call is ${call.kind}.`);
    return { id: call.id, outcome: 'answered', usage };
  };
  const outcomeOf = async (call: { id: string }) =>
    (await db.database('author_calls').where({ id: call.id }).first('outcome')).outcome;
  const usageOf = async (id: string) => (await db.store.generations.find(id))?.usage;
  const slots = buildSlots(buildPlan('zh'), [1]);
  const texts = slots.map(() => buildText());

  test('is closed with the plan and with each chapter, and added to the generation once', async () => {
    const id = await begun();
    const plan = await opened(id, 'plan-day', null);
    await db.store.checkpoints.storePlan(id, buildPlannedDay(slots), plan);
    const chapter = await opened(id, 'write-chapter', 0);
    // The reply to the first one was lost.
    for (let times = 0; times < 2; times++) {
      await db.store.checkpoints.storeChapter(id, 0, texts, chapter);
    }
    expect([await outcomeOf(plan), await outcomeOf(chapter)]).toEqual(['answered', 'answered']);
    expect(await usageOf(id)).toMatchObject({ calls: 2, inputTokens: 60, cost: 0.004 });
    expect(await db.database('experiences').where({ generation_id: id })).toHaveLength(
      slots.length,
    );
  });

  test('is closed even if its result is no longer wanted', async () => {
    const id = await begun();
    const call = await opened(id, 'plan-day', null);
    await db.store.generations.cancel(id);
    await db.store.checkpoints.storePlan(id, buildPlannedDay(slots), call);
    expect(await outcomeOf(call)).toBe('answered');
    expect(await usageOf(id)).toMatchObject({ calls: 1, inputTokens: 30 });
    expect(await db.database('chapters').where({ generation_id: id })).toEqual([]);
  });

  test('stays open if the result cannot be stored', async () => {
    const id = await begun();
    const call = await opened(id, 'plan-day', null);
    const planned = buildPlannedDay(slots);
    const [item] = planned.plan.items;
    const wrong = {
      ...planned,
      plan: { ...planned.plan, items: item ? [{ ...item, title: '' }] : [] },
    };
    await expect(db.store.checkpoints.storePlan(id, wrong, call)).rejects.toThrow();
    expect(await outcomeOf(call)).toBe('open');
    expect(await usageOf(id)).toMatchObject({ calls: 0 });
  });
});
