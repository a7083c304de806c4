import { Temporal } from '@texas-ai/kernel';
import {
  type AuthorName,
  type Generation,
  type GenerationNeeds,
  type GenerationStatus,
  knownSum,
} from '@texas-ai/life';
import { cooldownInForce, isProbedCode } from '../authors/cooldowns.js';
import { needsAuthor } from './transitions.js';

export interface GenerationRow {
  id: string;
  character_id: string;
  date: string;
  ordinal: number;
  status: GenerationStatus;
  run: number;
  author: AuthorName;
  model: string | null;
  asked_by: Generation['askedBy'];
  plan_tries: number;
  chapters_wanted: number | null;
  chapters_total: number;
  chapters_written: number;
  calls: number;
  input_tokens: number;
  output_tokens: number;
  cost: number;
  unpriced_calls: number;
  fallback_from: AuthorName | null;
  fallback_code: string | null;
  fallback_reason: string | null;
  error_code: string | null;
  error_message: string | null;
  request_id: string | null;
  created_at: Temporal.Instant;
  started_at: Temporal.Instant | null;
  finished_at: Temporal.Instant | null;
  /** Selected only for clients; `until` comes from JSON. */
  waiting?: { until: string; reason: string } | null;
}

/** SQL: the columns of GenerationRow, qualified by their table; the large ones are left out. */
export const qualifiedColumns = `
  id, character_id, date, ordinal, status, run, author, model, asked_by, plan_tries, chapters_wanted,
  chapters_total, chapters_written, calls, input_tokens, output_tokens, cost, unpriced_calls,
  fallback_from, fallback_code, fallback_reason, error_code, error_message, request_id, created_at,
  started_at, finished_at`.replaceAll(/\w+/g, 'generations.$&');

/** SQL column: the end and reason of the cooldown that a generation waits for. */
export const waitingColumn = `(
  SELECT jsonb_build_object('until', until, 'reason', reason) FROM author_holds
  WHERE author_holds.author = generations.author
    AND ${needsAuthor}
    AND ${cooldownInForce('now()')}
  ORDER BY ${isProbedCode('code')} DESC, until DESC LIMIT 1) AS waiting`;

export function toGeneration(row: GenerationRow): Generation {
  const { waiting = null } = row;
  return {
    id: row.id,
    character: row.character_id,
    date: Temporal.PlainDate.from(row.date),
    status: row.status,
    author: row.author,
    model: row.model,
    chapters: { total: row.chapters_total, written: row.chapters_written },
    usage: {
      calls: row.calls,
      inputTokens: row.input_tokens,
      outputTokens: row.output_tokens,
      cost: knownSum(row.cost, row.unpriced_calls),
      unpricedCalls: row.unpriced_calls,
    },
    fallback: fallbackOf(row),
    waiting: waiting && {
      until: Temporal.Instant.from(waiting.until).toString(),
      reason: waiting.reason,
    },
    error:
      row.error_code === null ? null : { code: row.error_code, message: row.error_message ?? '' },
    createdAt: row.created_at.toString(),
    startedAt: row.started_at?.toString() ?? null,
    finishedAt: row.finished_at?.toString() ?? null,
    ordinal: row.ordinal,
    run: row.run,
    chaptersWanted: row.chapters_wanted,
    askedBy: row.asked_by,
    requestId: row.request_id,
  };
}

export function fallbackOf({
  author: to,
  fallback_from: from,
  fallback_code: code,
  fallback_reason: reason,
}: Pick<
  GenerationRow,
  'author' | 'fallback_from' | 'fallback_code' | 'fallback_reason'
>): Generation['fallback'] {
  return from === null || code === null ? null : { from, to, code, reason };
}

/** A row with the positions of its unwritten chapters. */
export type NeedsRow = GenerationRow & { missing: number[] };

export function toNeeds(row: NeedsRow): GenerationNeeds {
  return { generation: toGeneration(row), missingChapters: row.missing };
}

/** SQL column: the positions of the unwritten chapters of the generation with this id. */
export const missingOf = (generation: string) => `ARRAY(
  SELECT position FROM chapters
  WHERE generation_id = ${generation} AND written_at IS NULL ORDER BY position) AS missing`;
