import { TexasError } from '@texas-ai/kernel';
import type {
  CheckpointRepository,
  GenerationNeeds,
  PlannedDay,
  ScheduleItem,
  Slot,
  SlotText,
  StartedChapter,
  StoredBrief,
} from '@texas-ai/life';
import type { Knex } from 'knex';
import { v7 as uuid } from 'uuid';
import { queryRows } from '../../database/query-rows.js';
import { jsonRows, planItemColumns } from '../days/json-rows.js';
import { type GenerationRow, qualifiedColumns, toGeneration } from './generation-row.js';
import { makeGenerationRepository } from './generations.js';
import { canStartPlan, canStore, chapterStored, planStored, startPlan } from './transitions.js';

export function makeCheckpointRepository(db: Knex): CheckpointRepository {
  return {
    async startPlan(id, run) {
      const [row] = await queryRows<GenerationRow>(
        db,
        `UPDATE generations SET ${startPlan} WHERE id = :id AND run = :run AND ${canStartPlan}
         RETURNING ${qualifiedColumns}`,
        { id, run },
      );
      return row ? { generation: toGeneration(row), tries: row.plan_tries } : null;
    },

    storePlan: (id, planned) => storePlan(db, id, planned),

    async endTry({ generationId, chapter }, run, counts) {
      const whereRun = run === null ? {} : { run };
      const changes = (tries: string, failures: string) => ({
        [tries]: db.raw('greatest(?? - 1, 0)', [tries]),
        [failures]: db.raw('?? + ?', [failures, counts ? 1 : 0]),
      });
      if (chapter === undefined) {
        const [row] = await db('generations')
          .where({ id: generationId, ...whereRun })
          .update(changes('plan_tries', 'plan_failures'))
          .returning('plan_failures');
        return row?.plan_failures ?? 0;
      }
      const [row] = await db('chapters')
        .where({ generation_id: generationId, position: chapter })
        .whereExists(db('generations').where({ id: generationId, ...whereRun }))
        .update(changes('tries', 'failures'))
        .returning('failures');
      return row?.failures ?? 0;
    },

    async writtenChapters(ids) {
      const rows: { generation_id: string; position: number }[] = await db('chapters')
        .whereIn('generation_id', [...ids])
        .whereNotNull('written_at')
        .orderBy(['generation_id', 'written_order'])
        .select('generation_id', 'position');
      const written = new Map<string, number[]>();
      for (const { generation_id, position } of rows) {
        written.set(generation_id, [...(written.get(generation_id) ?? []), position]);
      }
      return written;
    },

    startChapter: (id, run, chapter) => startChapter(db, id, run, chapter),

    storeChapter: (id, chapter, texts) => storeChapter(db, id, chapter, texts),
  };
}

/** One statement; stores the items and chapters only if it has updated the generation. */
async function storePlan(db: Knex, id: string, planned: PlannedDay): Promise<GenerationNeeds> {
  const { plan, brief, chapters, model, authorVersion, warnings } = planned;
  const items = plan.items.map((item, position) => ({ id: uuid(), position, ...item }));
  const [row] = await queryRows<GenerationRow>(
    db,
    `WITH updated AS (
       UPDATE generations SET
         ${planStored}, brief = :brief, summary = :summary, chapters_total = :total, model = :model,
         author_version = :version, warnings = :warnings
       WHERE id = :id AND brief IS NULL AND ${canStore}
       RETURNING ${qualifiedColumns}
     ), items AS (
       INSERT INTO schedule_items
       SELECT item.id, updated.id, position, item.start, item.end, title, category, priority, asleep,
         location, description, companions, "weatherAffected", "emotionalTags",
         "interactionPotential"
       FROM updated, jsonb_to_recordset(:items) AS item (id uuid, position smallint, start smallint,
         "end" smallint, title text, category text, priority text, asleep boolean, location text,
         description text, companions jsonb, "weatherAffected" boolean, "emotionalTags" jsonb,
         "interactionPotential" text)
     ), chapters AS (
       INSERT INTO chapters (generation_id, position, slots)
       SELECT updated.id, position, slots
       FROM updated, jsonb_to_recordset(:chapters) AS chapter (position smallint, slots jsonb)
     )
     SELECT * FROM updated`,
    {
      id,
      brief: JSON.stringify(brief),
      summary: plan.summary,
      total: chapters.length,
      model,
      version: authorVersion,
      warnings: JSON.stringify(warnings),
      items: JSON.stringify(items),
      chapters: JSON.stringify(chapters),
    },
  );
  if (!row) return needsOf(db, id);
  return { generation: toGeneration(row), missingChapters: chapters.map((each) => each.position) };
}

/** One statement; stores the experiences only if it has marked the chapter as written. */
async function storeChapter(
  db: Knex,
  id: string,
  chapter: number,
  texts: readonly SlotText[],
): Promise<GenerationNeeds> {
  const rows = texts.map((text) => ({ id: uuid(), ...text }));
  const [row] = await queryRows<GenerationRow>(
    db,
    `WITH locked AS (
       SELECT chapters_written FROM generations
       WHERE id = :id AND ${canStore} FOR NO KEY UPDATE
     ), marked AS (
       UPDATE chapters SET written_at = now(), written_order = locked.chapters_written + 1
       FROM locked
       WHERE generation_id = :id AND position = :chapter AND written_at IS NULL
       RETURNING slots
     ), experiences AS (
       INSERT INTO experiences (id, generation_id, item_position, start_minute, end_minute,
         content, emotions, thoughts, interaction)
       SELECT text.id, :id, (slot ->> 'item')::smallint, (slot ->> 'start')::smallint,
         (slot ->> 'end')::smallint, content, emotions, thoughts, interaction
       FROM marked,
         ROWS FROM (
           jsonb_array_elements(marked.slots),
           jsonb_to_recordset(:texts) AS (id uuid, content text, emotions jsonb, thoughts text,
             interaction text)
         ) AS text (slot, id, content, emotions, thoughts, interaction)
     )
     UPDATE generations SET ${chapterStored} FROM marked WHERE id = :id
     RETURNING ${qualifiedColumns}`,
    { id, chapter, texts: JSON.stringify(rows) },
  );
  const { generation } = row ? { generation: toGeneration(row) } : await needsOf(db, id);
  return { generation, missingChapters: [] };
}

async function needsOf(db: Knex, id: string): Promise<GenerationNeeds> {
  const needs = await makeGenerationRepository(db).needs(id);
  if (needs) return needs;
  throw new TexasError('generation_not_found', `There is no generation ${id}.`);
}

/** One statement that does not lock the generation, so its chapters can run in parallel. */
async function startChapter(
  db: Knex,
  id: string,
  run: number,
  chapter: number,
): Promise<StartedChapter | null> {
  type Row = GenerationRow & {
    brief: StoredBrief;
    summary: string;
    slots: Slot[];
    tries: number;
    items: ScheduleItem[];
  };
  const [row] = await queryRows<Row>(
    db,
    `UPDATE chapters SET tries = tries + 1
     FROM generations
     WHERE generations.id = :id AND run = :run AND status = 'writing'
       AND generation_id = :id AND position = :chapter AND written_at IS NULL
     RETURNING ${qualifiedColumns}, brief, summary, slots, tries,
       ${jsonRows('generations', 'schedule_items', 'position', planItemColumns)} AS items`,
    { id, run, chapter },
  );
  if (!row) return null;
  const { tries, brief, slots, summary, items } = row;
  return { generation: toGeneration(row), tries, brief, plan: { summary, items }, slots };
}
