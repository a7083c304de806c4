import { Temporal } from '@texas-ai/kernel';
import { type ExportedDay, knownSum } from '@texas-ai/life';
import { experienceColumns, itemColumns, jsonRows } from '../days/json-rows.js';
import { fallbackOf, type GenerationRow } from '../generations/generation-row.js';

type Generation = ExportedDay['generation'];

type GenerationColumns = Pick<
  GenerationRow,
  | 'id'
  | 'ordinal'
  | 'author'
  | 'model'
  | 'asked_by'
  | 'chapters_wanted'
  | 'calls'
  | 'input_tokens'
  | 'output_tokens'
  | 'cost'
  | 'unpriced_calls'
  | 'fallback_from'
  | 'fallback_code'
  | 'fallback_reason'
  | 'request_id'
  | 'created_at'
  | 'started_at'
>;

/** A row of `selectExportedDays`. Instants inside its JSON have the format of PostgreSQL. */
export interface ExportedRow extends GenerationColumns {
  date: string;
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
  SELECT days.date, days.published_at, live.id, ordinal, author, model, author_version,
    profile_hash, asked_by, request_id, chapters_wanted, fallback_from, fallback_code,
    fallback_reason, warnings, calls, input_tokens, output_tokens, cost, unpriced_calls, created_at,
    started_at, finished_at, rewritten_at, brief, summary,
    ${jsonRows('live', 'schedule_items', 'position', itemColumns)} AS items,
    ${jsonRows('live', 'chapters', 'position', {
      slots: 'slots',
      writtenAt: 'written_at',
      writtenOrder: 'written_order',
    })} AS chapters,
    ${jsonRows('live', 'experiences', 'start_minute', experienceColumns)} AS experiences,
    ${jsonRows('live', 'interactions', 'id', {
      id: 'id',
      experienceId: 'experience_id',
      content: 'content',
      status: 'status',
      windowStart: 'window_start',
      windowEnd: 'window_end',
    })} AS interactions
  FROM days JOIN generations AS live ON live.id = days.generation_id
  WHERE days.character_id = :character AND (:after::date IS NULL OR days.date > :after::date)
  ORDER BY days.date LIMIT :limit`;

export function toExportedDay(row: ExportedRow): ExportedDay {
  return {
    date: row.date,
    publishedAt: row.published_at.toString(),
    generation: toGeneration(row),
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

function toGeneration(row: ExportedRow): Generation {
  return {
    id: row.id,
    ordinal: row.ordinal,
    author: row.author,
    model: row.model,
    authorVersion: row.author_version,
    profileHash: row.profile_hash,
    askedBy: row.asked_by,
    requestId: row.request_id,
    chaptersWanted: row.chapters_wanted,
    fallback: fallbackOf(row),
    warnings: row.warnings,
    usage: {
      calls: row.calls,
      inputTokens: row.input_tokens,
      outputTokens: row.output_tokens,
      cost: knownSum(row.cost, row.unpriced_calls),
      unpricedCalls: row.unpriced_calls,
    },
    createdAt: row.created_at.toString(),
    startedAt: row.started_at?.toString() ?? null,
    finishedAt: row.finished_at.toString(),
    rewrittenAt: row.rewritten_at?.toString() ?? null,
  };
}

function toUtc(instant: string): string {
  return Temporal.Instant.from(instant).toString();
}
