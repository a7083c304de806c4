import { type ErrorCode, TexasError } from '@texas-ai/kernel';
import type { Operation } from '../transport/operation.js';
import { type Problem, problemOf } from '../transport/problem.js';

/** Example messages and fields. */
const examples: Partial<Record<ErrorCode, { message: string; field?: string }>> = {
  invalid_request: {
    message: 'date: a date that exists, written YYYY-MM-DD',
    field: 'date',
  },
  malformed_json: { message: 'The body must be a JSON object.', field: 'body' },
  body_too_large: { message: 'The body must not exceed 100 kB.', field: 'body' },
  unsupported_media_type: { message: 'Send the body as application/json.', field: 'Content-Type' },
  unauthorized: {
    message: 'Send a valid key as “Authorization: Bearer …”.',
    field: 'Authorization',
  },
  forbidden: { message: 'This requires a key with the scope “generate”.', field: 'Authorization' },
  character_not_found: { message: 'There is no character with this id.', field: 'character' },
  day_not_found: { message: '2026-11-23 has not been written.', field: 'date' },
  generation_not_found: { message: 'There is no generation with this id.', field: 'id' },
  date_out_of_window: {
    message: 'The date must lie between 2025-11-22 and 2026-12-24.',
    field: 'date',
  },
  rate_limited: { message: 'Too many requests. Retry after the time in Retry-After.' },
  storage_unavailable: { message: 'The database is unavailable.' },
  queue_unavailable: { message: 'The queue is unavailable.' },
};

export function exampleProblem(code: ErrorCode): Problem {
  const { message, field } = examples[code] ?? { message: 'The request failed.' };
  const details = field === undefined ? {} : { field };
  const requestId = 'f6ff3755-f36e-4a49-8199-9c8e750b7300';
  return problemOf(new TexasError(code, message, { details }), requestId);
}

/** An operation's error codes: its own and those implied by scope, limit and input. */
export function problemCodesOf({ scope, limit, body, problems }: Operation): ErrorCode[] {
  return [
    ...new Set<ErrorCode>([
      'invalid_request',
      ...problems,
      ...(body ? bodyProblems : []),
      ...(scope ? keyProblems : []),
      ...(scope || limit ? (['rate_limited'] as const) : []),
      'internal_error',
    ]),
  ];
}

const bodyProblems = ['malformed_json', 'body_too_large', 'unsupported_media_type'] as const;
const keyProblems = ['unauthorized', 'forbidden', 'storage_unavailable'] as const;
