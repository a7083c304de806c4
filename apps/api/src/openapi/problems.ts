import { type ErrorCode, TexasError } from '@texas-ai/kernel';
import type { Operation } from '../transport/operation.js';
import { type Problem, problemOf } from '../transport/problem.js';

/** What a problem of each code may say, and of which field. */
const said: Partial<Record<ErrorCode, { message: string; field?: string }>> = {
  invalid_request: {
    message: 'date: a date that exists, written YYYY-MM-DD',
    field: 'date',
  },
  malformed_json: { message: 'The body must be a JSON object.', field: 'body' },
  body_too_large: { message: 'The body may have 100 kB at most.', field: 'body' },
  unsupported_media_type: { message: 'Send the body as application/json.', field: 'Content-Type' },
  unauthorized: {
    message: 'Send a valid key as “Authorization: Bearer …”.',
    field: 'Authorization',
  },
  forbidden: { message: 'This needs a key with the scope “generate”.', field: 'Authorization' },
  character_not_found: { message: 'There is no character of this id.', field: 'character' },
  day_not_found: { message: '2026-11-23 is not written.', field: 'date' },
  generation_not_found: { message: 'There is no generation of this id.', field: 'id' },
  date_out_of_window: {
    message: 'The date must lie between 2025-11-22 and 2026-12-24.',
    field: 'date',
  },
  rate_limited: { message: 'Too many requests; Retry-After says in how many seconds.' },
  storage_unavailable: { message: 'The database is away.' },
  queue_unavailable: { message: 'The queue does not answer.' },
};

/** A problem as a client may get it. */
export function exampleProblem(code: ErrorCode): Problem {
  const { message, field } = said[code] ?? { message: 'It could not be done.' };
  const details = field === undefined ? {} : { field };
  const requestId = 'f6ff3755-f36e-4a49-8199-9c8e750b7300';
  return problemOf(new TexasError(code, message, { details }), requestId);
}

/** The codes of an operation's problems: its own, and what follows from scope, limit and input. */
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
