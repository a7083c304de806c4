import { TexasError } from '@texas-ai/kernel';
import type {
  CheckpointRepository,
  EndedCall,
  GenerationNeeds,
  MajorEvent,
  PlannedDay,
  Profile,
  ScheduleItem,
  Slot,
  SlotText,
  StoredBrief,
  Yesterday,
} from '@texas-ai/life';
import type { Knex } from 'knex';
import { v7 as uuid } from 'uuid';
import { queryRows } from '../../database/query-rows.js';
import { addUsed, closeCalls, closing, closingValues } from '../authors/close-calls.js';
import { type ProfileCache, readProfile } from '../characters/characters.js';
import { dayBefore } from '../days/days.js';
import { jsonRows, planItemColumns } from '../days/json-rows.js';
import { coveringEvent } from '../days/major-events.js';
import { type GenerationRow, qualifiedColumns, toGeneration } from './generation-row.js';
import { makeGenerationRepository } from './generations.js';
import { canStartPlan, canStore, chapterStored, planStored, startPlan } from './transitions.js';

export function makeCheckpointRepository(db: Knex, profiles: ProfileCache): CheckpointRepository {
  /** Throws `character_not_found` if she was deleted meanwhile. */
  async function profileOf({ character_id: id, profile_hash: hash }: StartedRow): Promise<Profile> {
    const profile = await readProfile(db, profiles, id, hash);
    if (profile) return profile;
    throw new TexasError('character_not_found', `“${id}” has no profile.`);
  }

  return {
    async startPlan(id, run) {
      type Row = StartedRow & { major_event: MajorEvent | null; yesterday: Yesterday | null };
      const [row] = await queryRows<Row>(
        db,
        `UPDATE generations SET ${startPlan} FROM characters
         WHERE generations.id = :id AND run = :run AND ${canStartPlan}
           AND characters.id = character_id
         RETURNING ${qualifiedColumns}, characters.profile_hash, ${coveringEvent}, ${dayBefore}`,
        { id, run },
      );
      if (!row) return null;
      return {
        generation: toGeneration(row),
        tries: row.plan_tries,
        profile: await profileOf(row),
        majorEvent: row.major_event,
        yesterday: row.yesterday,
      };
    },

    storePlan: (id, planned, call) => storePlan(db, id, planned, call),

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

    async startChapter(id, run, chapter) {
      const row = await startChapter(db, id, run, chapter);
      if (!row) return null;
      const { tries, brief, slots, summary, items } = row;
      const generation = toGeneration(row);
      return {
        generation,
        tries,
        profile: await profileOf(row),
        brief,
        plan: { summary, items },
        slots,
      };
    },

    storeChapter: (id, chapter, texts, call) => storeChapter(db, id, chapter, texts, call),
  };
}

/** A generation with the hash of its character's profile. */
type StartedRow = GenerationRow & { profile_hash: string };

/** One statement; stores the items and chapters, and closes the call, only if it can store the plan. */
async function storePlan(
  db: Knex,
  id: string,
  planned: PlannedDay,
  call: EndedCall | null,
): Promise<GenerationNeeds> {
  const { plan, brief, chapters, model, authorVersion, warnings } = planned;
  const items = plan.items.map((item, position) => ({ id: uuid(), position, ...item }));
  const [row] = await queryRows<GenerationRow>(
    db,
    `WITH generation AS (
       SELECT id FROM generations
       WHERE id = :id AND brief IS NULL AND ${canStore} FOR NO KEY UPDATE
     ), ${closing('EXISTS (SELECT FROM generation)')}, updated AS (
       UPDATE generations SET
         ${planStored}, brief = :brief, summary = :summary, chapters_total = :total, model = :model,
         author_version = :version, warnings = :warnings, ${addUsed}
       FROM generation LEFT JOIN used ON generation_id = generation.id
       WHERE generations.id = generation.id
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
      ...closingValues(call ? [call] : []),
    },
  );
  if (!row) return notStored(db, id, call);
  return { generation: toGeneration(row), missingChapters: chapters.map((each) => each.position) };
}

/** One statement; stores the experiences, and closes the call, only if it has marked the chapter as written. */
async function storeChapter(
  db: Knex,
  id: string,
  chapter: number,
  texts: readonly SlotText[],
  call: EndedCall | null,
): Promise<GenerationNeeds> {
  const rows = texts.map((text) => ({ id: uuid(), ...text }));
  const [row] = await queryRows<GenerationRow>(
    db,
    `WITH generation AS (
       SELECT chapters_written FROM generations
       WHERE id = :id AND ${canStore} FOR NO KEY UPDATE
     ), marked AS (
       UPDATE chapters SET written_at = now(), written_order = generation.chapters_written + 1
       FROM generation
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
     ), ${closing('EXISTS (SELECT FROM marked)')}
     UPDATE generations SET ${chapterStored}, ${addUsed}
     FROM marked LEFT JOIN used ON true WHERE generations.id = :id
     RETURNING ${qualifiedColumns}`,
    { id, chapter, texts: JSON.stringify(rows), ...closingValues(call ? [call] : []) },
  );
  const { generation } = row ? { generation: toGeneration(row) } : await notStored(db, id, call);
  return { generation, missingChapters: [] };
}

/** The result was stored before, or is not wanted any more; the call has ended all the same. */
async function notStored(db: Knex, id: string, call: EndedCall | null): Promise<GenerationNeeds> {
  if (call) await closeCalls(db, [call]);
  const needs = await makeGenerationRepository(db).needs(id);
  if (needs) return needs;
  throw new TexasError('generation_not_found', `There is no generation ${id}.`);
}

type StartedChapterRow = StartedRow & {
  brief: StoredBrief;
  summary: string;
  slots: Slot[];
  tries: number;
  items: ScheduleItem[];
};

/** One statement that does not lock the generation, so its chapters can run in parallel. */
async function startChapter(
  db: Knex,
  id: string,
  run: number,
  chapter: number,
): Promise<StartedChapterRow | undefined> {
  const [row] = await queryRows<StartedChapterRow>(
    db,
    `UPDATE chapters SET tries = tries + 1
     FROM generations JOIN characters ON characters.id = character_id
     WHERE generations.id = :id AND run = :run AND status = 'writing'
       AND generation_id = :id AND position = :chapter AND written_at IS NULL
     RETURNING ${qualifiedColumns}, characters.profile_hash, brief, summary, slots, tries,
       ${jsonRows('generations', 'schedule_items', 'position', planItemColumns)} AS items`,
    { id, run, chapter },
  );
  return row;
}
