import { Temporal } from '@texas-ai/kernel';
import type { ExportedDay } from '@texas-ai/life';
import { experienceColumns, itemColumns, jsonRows } from '../days/json-rows.js';
import {
  type GenerationRow,
  qualifiedColumns,
  toGeneration,
} from '../generations/generation-row.js';

/** A row of `selectExportedDays`. Instants inside its JSON have the format of PostgreSQL. */
export interface ExportedRow extends GenerationRow {
  published_at: Temporal.Instant;
  author_version: string | null;
  profile_hash: string;
  warnings: string[];
  finished_at: Temporal.Instant;
  rewritten_at: Temporal.Instant | null;
  brief: ExportedDay['brief'];
  summary: string;
  items: ExportedDay['items'];
  chapters: ExportedDay['chapters'];
  experiences: ExportedDay['experiences'];
  interactions: ExportedDay['interactions'];
}

/** Bindings: `character`, `after` (a date or null) and `limit`. */
export const selectExportedDays = `
  SELECT ${qualifiedColumns}, published_at, author_version, profile_hash, warnings, rewritten_at,
    brief, summary,
    ${jsonRows('generations', 'schedule_items', 'position', itemColumns)} AS items,
    ${jsonRows('generations', 'chapters', 'position', {
      slots: 'slots',
      writtenAt: 'written_at',
      writtenOrder: 'written_order',
    })} AS chapters,
    ${jsonRows('generations', 'experiences', 'start_minute', experienceColumns)} AS experiences,
    ${jsonRows('generations', 'interactions', 'id', {
      id: 'id',
      experienceId: 'experience_id',
      content: 'content',
      status: 'status',
      windowStart: 'window_start',
      windowEnd: 'window_end',
    })} AS interactions
  FROM days JOIN generations ON generations.id = days.generation_id
  WHERE days.character_id = :character AND (:after::date IS NULL OR days.date > :after::date)
  ORDER BY days.date LIMIT :limit`;

export function toExportedDay(row: ExportedRow): ExportedDay {
  return {
    date: row.date,
    publishedAt: row.published_at.toString(),
    generation: exportedGeneration(row),
    brief: row.brief,
    summary: row.summary,
    items: row.items,
    chapters: row.chapters.map((chapter) => ({
      ...chapter,
      writtenAt: toUtc(chapter.writtenAt),
    })),
    experiences: row.experiences,
    interactions: row.interactions.map((interaction) => ({
      ...interaction,
      windowStart: toUtc(interaction.windowStart),
      windowEnd: toUtc(interaction.windowEnd),
    })),
  };
}

function exportedGeneration(row: ExportedRow): ExportedDay['generation'] {
  const { id, ordinal, author, model, askedBy, requestId, chaptersWanted, ...generation } =
    toGeneration(row);
  const { fallback, usage, createdAt, startedAt } = generation;
  return {
    ...{ id, ordinal, author, model, askedBy, requestId, chaptersWanted, fallback, usage },
    authorVersion: row.author_version,
    profileHash: row.profile_hash,
    warnings: row.warnings,
    createdAt,
    startedAt,
    finishedAt: row.finished_at.toString(),
    rewrittenAt: row.rewritten_at?.toString() ?? null,
  };
}

function toUtc(instant: string): string {
  return Temporal.Instant.from(instant).toString();
}
