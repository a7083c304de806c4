import { TexasError } from '@texas-ai/kernel';
import type {
  BegunChapter,
  CallUsage,
  Generation,
  GenerationRepository,
  Plan,
  PlannedDay,
  ScheduleItem,
  Slot,
  SlotText,
  StoredBrief,
} from '@texas-ai/life';
import type { Knex } from 'knex';
import { v7 as uuid } from 'uuid';
import { type GenerationRow, generationColumns, toGeneration } from './generation-row.js';
import { addUsage, sumOf } from './usage.js';

type Text = Pick<
  GenerationRepository,
  | 'beginPlan'
  | 'storePlan'
  | 'triesOf'
  | 'forgiveTry'
  | 'writtenChapters'
  | 'missingChapters'
  | 'beginChapter'
  | 'storeChapter'
>;

interface ItemRow {
  start_minute: number;
  end_minute: number;
  title: string;
  category: ScheduleItem['category'];
  priority: ScheduleItem['priority'];
  asleep: boolean;
  location: string;
  description: string;
  companions: string[];
  weather_affected: boolean;
  emotional_tags: string[];
  interaction_potential: ScheduleItem['interactionPotential'];
}

/** The checkpoints of a generation: its plan and the texts of its chapters. */
export function makeGenerationText(db: Knex): Text {
  return {
    async beginPlan(id, run) {
      const rows: GenerationRow[] = await db('generations')
        .where({ id, run })
        .whereIn('status', ['queued', 'planning'])
        .update({
          status: 'planning',
          plan_tries: db.raw('plan_tries + 1'),
          started_at: db.raw('coalesce(started_at, now())'),
          touched_at: db.fn.now(),
        })
        .returning(generationColumns);
      const row = rows[0];
      return row ? { generation: toGeneration(row), tries: row.plan_tries } : null;
    },

    storePlan: (id, planned, usage) => storePlan(db, id, planned, usage),

    async triesOf(id, chapter) {
      if (chapter === undefined) {
        const row = await db('generations').where({ id }).first('plan_tries');
        return row?.plan_tries ?? 0;
      }
      const row = await db('chapters')
        .where({ generation_id: id, position: chapter })
        .first('tries');
      return row?.tries ?? 0;
    },

    async forgiveTry(id, chapter) {
      if (chapter === undefined) {
        await db('generations')
          .where({ id })
          .where('plan_tries', '>', 0)
          .decrement('plan_tries', 1);
      } else {
        await db('chapters')
          .where({ generation_id: id, position: chapter })
          .where('tries', '>', 0)
          .decrement('tries', 1);
      }
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

    async missingChapters(id) {
      const rows: { position: number }[] = await db('chapters')
        .where({ generation_id: id, written_at: null })
        .orderBy('position')
        .select('position');
      return rows.map((row) => row.position);
    },

    beginChapter: (id, run, chapter) => beginChapter(db, id, run, chapter),

    storeChapter: (id, chapter, texts, usage) => storeChapter(db, id, chapter, texts, usage),
  };
}

const answered = generationColumns.map((column) => `generations.${column}`).join(', ');

/** One statement: the generation, and only if it took the plan its items and chapters. */
async function storePlan(
  db: Knex,
  id: string,
  planned: PlannedDay,
  usage: readonly CallUsage[],
): Promise<Generation> {
  const { plan, brief, chapters, model, authorVersion, warnings } = planned;
  const items = plan.items.map((item, position) => ({ id: uuid(), position, ...item }));
  const stored = await db.raw<{ rows: GenerationRow[] }>(
    `WITH taken AS (
       UPDATE generations SET
         status = CASE WHEN status IN ('queued', 'planning') THEN 'writing' ELSE status END,
         brief = :brief, summary = :summary, chapters_total = :total, model = :model,
         author_version = :version, warnings = :warnings, touched_at = now(),
         calls = calls + :calls, input_tokens = input_tokens + :inputTokens,
         output_tokens = output_tokens + :outputTokens
       WHERE id = :id AND brief IS NULL AND status NOT IN ('cancelled', 'published')
       RETURNING ${answered}
     ), items AS (
       INSERT INTO schedule_items
       SELECT item.id, taken.id, position, item.start, item.end, title, category, priority, asleep,
         location, description, companions, "weatherAffected", "emotionalTags",
         "interactionPotential"
       FROM taken, jsonb_to_recordset(:items) AS item (id uuid, position smallint, start smallint,
         "end" smallint, title text, category text, priority text, asleep boolean, location text,
         description text, companions jsonb, "weatherAffected" boolean, "emotionalTags" jsonb,
         "interactionPotential" text)
     ), chapters AS (
       INSERT INTO chapters (generation_id, position, slots)
       SELECT taken.id, position, slots
       FROM taken, jsonb_to_recordset(:chapters) AS chapter (position smallint, slots jsonb)
     )
     SELECT * FROM taken`,
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
      ...sumOf(usage),
    },
  );
  return stored.rows[0] ? toGeneration(stored.rows[0]) : alreadyStored(db, id, usage);
}

/** One statement: the chapter is marked, and only if it was not before its experiences come in. */
async function storeChapter(
  db: Knex,
  id: string,
  chapter: number,
  texts: readonly SlotText[],
  usage: readonly CallUsage[],
): Promise<Generation> {
  const rows = texts.map((text) => ({ id: uuid(), ...text }));
  const stored = await db.raw<{ rows: GenerationRow[] }>(
    `WITH locked AS (
       SELECT chapters_written FROM generations
       WHERE id = :id AND status NOT IN ('cancelled', 'published') FOR UPDATE
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
     UPDATE generations SET chapters_written = chapters_written + 1, touched_at = now(),
       calls = calls + :calls, input_tokens = input_tokens + :inputTokens,
       output_tokens = output_tokens + :outputTokens,
       status = CASE WHEN status = 'writing' AND chapters_written + 1 = chapters_total
         THEN 'publishing' ELSE status END
     FROM marked WHERE id = :id
     RETURNING ${answered}`,
    { id, chapter, texts: JSON.stringify(rows), ...sumOf(usage) },
  );
  return stored.rows[0] ? toGeneration(stored.rows[0]) : alreadyStored(db, id, usage);
}

/** What was paid for in vain is on the bill all the same. */
async function alreadyStored(
  db: Knex,
  id: string,
  usage: readonly CallUsage[],
): Promise<Generation> {
  await addUsage(db, id, usage);
  const found: GenerationRow | undefined = await db('generations')
    .where({ id })
    .first(generationColumns);
  if (found) return toGeneration(found);
  throw new TexasError('generation_not_found', `There is no generation ${id}.`);
}

/** One statement, which leaves the generation's row alone: chapters of one day do not queue for it. */
async function beginChapter(
  db: Knex,
  id: string,
  run: number,
  chapter: number,
): Promise<BegunChapter | null> {
  type Row = GenerationRow & {
    brief: StoredBrief;
    summary: string;
    slots: Slot[];
    tries: number;
    items: ItemRow[];
  };
  const begun = await db.raw<{ rows: Row[] }>(
    `UPDATE chapters SET tries = tries + 1
     FROM generations
     WHERE generations.id = :id AND run = :run AND status = 'writing'
       AND generation_id = :id AND position = :chapter AND written_at IS NULL
     RETURNING ${answered}, brief, summary, slots, tries,
       (SELECT jsonb_agg(schedule_items ORDER BY position) FROM schedule_items
        WHERE schedule_items.generation_id = :id) AS items`,
    { id, run, chapter },
  );
  const row = begun.rows[0];
  if (!row) return null;
  const plan: Plan = { summary: row.summary, items: row.items.map(toItem) };
  const { tries, brief, slots } = row;
  return { generation: toGeneration(row), tries, brief, plan, slots };
}

function toItem(row: ItemRow): ScheduleItem {
  return {
    start: row.start_minute,
    end: row.end_minute,
    title: row.title,
    category: row.category,
    priority: row.priority,
    asleep: row.asleep,
    location: row.location,
    description: row.description,
    companions: row.companions,
    weatherAffected: row.weather_affected,
    emotionalTags: row.emotional_tags,
    interactionPotential: row.interaction_potential,
  };
}
