import type { CharacterRecord, ExportedDay, TransferRepository } from '@texas-ai/life';
import type { Knex } from 'knex';
import { v7 as uuid } from 'uuid';
import { queryRows } from '../../database/query-rows.js';
import { eventColumns, eventRow } from '../days/major-events.js';
import { type ExportedRow, selectExportedDays, toExportedDay } from './exported-days.js';

/** Exports and imports characters with their days. */
export function makeTransferRepository(db: Knex): TransferRepository {
  return {
    migrations: () => db('migrations').orderBy('id').pluck('name'),

    majorEvents: (character) =>
      db('major_events')
        .where({ character_id: character })
        .orderBy('start_date')
        .select(eventColumns),

    async days(character, { after, limit }) {
      const rows = await queryRows<ExportedRow>(db, selectExportedDays, {
        character,
        after,
        limit,
      });
      return rows.map(toExportedDay);
    },

    begin: (record) => beginImport(db, record),

    async addMajorEvent(character, event, ids) {
      const id = ids === 'new' ? uuid() : event.id;
      await db('major_events').insert(eventRow(character, { ...event, id }));
    },

    async addDay(character, day, ids) {
      await addDay(db, character, ids === 'new' ? withNewIds(day) : day);
    },
  };
}

async function beginImport(db: Knex, { profile, hash }: CharacterRecord): Promise<boolean> {
  const { id } = profile;
  await db('characters')
    .insert({
      id,
      profile: JSON.stringify(profile),
      profile_hash: hash,
      // Planned only once a file in `config/characters` has this character.
      next_plan_at: 'infinity',
    })
    .onConflict('id')
    .merge(['profile', 'profile_hash'])
    .where('characters.from_file', false);
  // Locks out new generations and events, whose foreign keys refer to this row.
  await db('characters').where({ id }).forUpdate().first('id');
  for (const table of ['days', 'generations', 'major_events']) {
    if (await db(table).where({ character_id: id }).first('character_id')) return false;
  }
  return true;
}

/** One statement per table, in the order of the foreign keys. */
async function addDay(db: Knex, character: string, day: ExportedDay): Promise<void> {
  const { generation, brief, summary, date } = day;
  const { id, usage, fallback } = generation;
  await db('generations').insert({
    id,
    character_id: character,
    date,
    ordinal: generation.ordinal,
    status: 'published',
    author: generation.author,
    model: generation.model,
    author_version: generation.authorVersion,
    profile_hash: generation.profileHash,
    brief: JSON.stringify(brief),
    summary,
    warnings: JSON.stringify(generation.warnings),
    chapters_total: day.chapters.length,
    chapters_written: day.chapters.length,
    chapters_wanted: generation.chaptersWanted,
    calls: usage.calls,
    calls_before: usage.calls,
    input_tokens: usage.inputTokens,
    output_tokens: usage.outputTokens,
    cost: usage.cost ?? 0,
    unpriced_calls: usage.unpricedCalls ?? 0,
    fallback_from: fallback?.from ?? null,
    fallback_code: fallback?.code ?? null,
    fallback_reason: fallback?.reason ?? null,
    asked_by: generation.askedBy,
    request_id: generation.requestId,
    created_at: generation.createdAt,
    started_at: generation.startedAt,
    touched_at: generation.finishedAt,
    finished_at: generation.finishedAt,
    // It was announced where it was published.
    announced_at: generation.finishedAt,
    rewritten_at: generation.rewrittenAt,
  });
  await db('schedule_items').insert(
    day.items.map((item, position) => ({
      id: item.id,
      generation_id: id,
      position,
      start_minute: item.start,
      end_minute: item.end,
      title: item.title,
      category: item.category,
      priority: item.priority,
      asleep: item.asleep,
      location: item.location,
      description: item.description,
      companions: JSON.stringify(item.companions),
      weather_affected: item.weatherAffected,
      emotional_tags: JSON.stringify(item.emotionalTags),
      interaction_potential: item.interactionPotential,
    })),
  );
  await db('chapters').insert(
    day.chapters.map(({ slots, writtenAt, writtenOrder }, position) => ({
      generation_id: id,
      position,
      slots: JSON.stringify(slots),
      written_at: writtenAt,
      written_order: writtenOrder,
    })),
  );
  if (day.experiences.length > 0) {
    await db('experiences').insert(
      day.experiences.map(({ item, start, end, emotions, ...experience }) => ({
        ...experience,
        generation_id: id,
        item_position: item,
        start_minute: start,
        end_minute: end,
        emotions: JSON.stringify(emotions),
      })),
    );
  }
  await db('days').insert({
    character_id: character,
    date,
    generation_id: id,
    published_at: day.publishedAt,
  });
  if (day.interactions.length > 0) {
    await db('interactions').insert(
      day.interactions.map((interaction) => ({
        id: interaction.id,
        generation_id: id,
        character_id: character,
        date,
        experience_id: interaction.experienceId,
        content: interaction.content,
        status: interaction.status,
        window_start: interaction.windowStart,
        window_end: interaction.windowEnd,
      })),
    );
  }
}

/** UUIDs of version 7, so the new ids keep the order of the old ones. */
function withNewIds(day: ExportedDay): ExportedDay {
  const experienceIds = new Map(day.experiences.map(({ id }) => [id, uuid()]));
  const experienceId = (id: string) => experienceIds.get(id) ?? id;
  return {
    ...day,
    generation: { ...day.generation, id: uuid() },
    items: day.items.map((item) => ({ ...item, id: uuid() })),
    experiences: day.experiences.map((each) => ({ ...each, id: experienceId(each.id) })),
    interactions: day.interactions.map((each) => ({
      ...each,
      id: uuid(),
      experienceId: experienceId(each.experienceId),
    })),
  };
}
