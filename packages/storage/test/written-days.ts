import type { Temporal } from '@texas-ai/kernel';
import type { Generation, PlannedDay, Slot } from '@texas-ai/life';
import { buildPlan, type TestDatabase } from '@texas-ai/testing';

/** Begins a generation of texas as a request does. */
export async function beginGeneration(
  { store }: TestDatabase,
  date: Temporal.PlainDate,
): Promise<Generation> {
  const { generation } = await store.requests.begin(
    {
      character: 'texas',
      date,
      author: 'offline',
      fallbackAt: null,
      fresh: false,
      askedBy: 'person',
      idempotency: null,
      requestId: null,
    },
    null,
  );
  return generation;
}

/** A planned day with one chapter of these slots. */
export function buildPlannedDay(slots: Slot[]): PlannedDay {
  return {
    plan: buildPlan('zh'),
    brief: {
      dayType: 'workday',
      weather: { summary: '晴', condition: 'sunny', tempMinC: 1, tempMaxC: 9, source: 'seeded' },
      majorEvent: null,
      yesterday: null,
      wake: 420,
      sleep: 1380,
    },
    chapters: [{ position: 0, slots }],
    model: null,
    authorVersion: 'test-1',
    warnings: ['one repaired'],
  };
}

export const buildText = (interaction: string | null = null) => ({
  content: '她在整理地图。',
  emotions: ['平静'],
  thoughts: '还早。',
  interaction,
});

/** Begins a generation and stores its plan and its one chapter of these slots. */
export async function writeGeneration(
  db: TestDatabase,
  date: Temporal.PlainDate,
  slots: Slot[],
): Promise<Generation> {
  const { checkpoints } = db.store;
  const { id } = await beginGeneration(db, date);
  await checkpoints.storePlan(id, buildPlannedDay(slots), null);
  const texts = slots.map((slot) => buildText(slot.wantsInteraction ? `消息 ${slot.start}` : null));
  return (await checkpoints.storeChapter(id, 0, texts, null)).generation;
}
