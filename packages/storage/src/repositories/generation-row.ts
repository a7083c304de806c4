import type { Temporal } from '@texas-ai/kernel';
import type { AuthorName, Generation, GenerationStatus } from '@texas-ai/life';

export interface GenerationRow {
  id: string;
  character_id: string;
  date: string;
  ordinal: number;
  status: GenerationStatus;
  run: number;
  author: AuthorName;
  model: string | null;
  plan_tries: number;
  chapters_total: number;
  chapters_written: number;
  calls: number;
  calls_before: number;
  input_tokens: number;
  output_tokens: number;
  cost: number;
  error_code: string | null;
  error_message: string | null;
  request_id: string | null;
  created_at: Temporal.Instant;
  started_at: Temporal.Instant | null;
  finished_at: Temporal.Instant | null;
}

/** The columns of GenerationRow: everything but the large ones. */
export const generationColumns = [
  'id',
  'character_id',
  'date',
  'ordinal',
  'status',
  'run',
  'author',
  'model',
  'plan_tries',
  'chapters_total',
  'chapters_written',
  'calls',
  'calls_before',
  'input_tokens',
  'output_tokens',
  'cost',
  'error_code',
  'error_message',
  'request_id',
  'created_at',
  'started_at',
  'finished_at',
] as const satisfies readonly (keyof GenerationRow)[];

export function toGeneration(row: GenerationRow): Generation {
  return {
    id: row.id,
    character: row.character_id,
    date: row.date,
    status: row.status,
    author: row.author,
    model: row.model,
    chapters: { total: row.chapters_total, written: row.chapters_written },
    usage: {
      calls: row.calls,
      inputTokens: row.input_tokens,
      outputTokens: row.output_tokens,
      cost: row.cost,
    },
    waiting: null,
    error:
      row.error_code === null ? null : { code: row.error_code, message: row.error_message ?? '' },
    createdAt: row.created_at.toString(),
    startedAt: row.started_at?.toString() ?? null,
    finishedAt: row.finished_at?.toString() ?? null,
    ordinal: row.ordinal,
    run: row.run,
    callsBefore: row.calls_before,
    requestId: row.request_id,
  };
}
