import type { ServerResponse } from 'node:http';
import { asTexasError, type ErrorCode, TexasError } from '@texas-ai/kernel';
import { z } from 'zod';
import { sendBytes } from './send-bytes.js';

const fieldErrorSchema = z.object({ field: z.string(), message: z.string() });

/** An error as clients get it: RFC 9457, with a stable `code` and the fields that are at fault. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.string().meta({ description: 'Stable: made for programs.' }),
    requestId: z.string(),
    errors: z.array(fieldErrorSchema).optional(),
  })
  .meta({ id: 'Problem' });

export type Problem = z.infer<typeof problemSchema>;
export type FieldError = z.infer<typeof fieldErrorSchema>;

/** The one place where failures become HTTP: status and title by code; all others are 500. */
const answers: Partial<Record<ErrorCode, { status: number; title: string }>> = {
  invalid_request: { status: 400, title: 'The request is not valid' },
  malformed_json: { status: 400, title: 'The body is not JSON' },
  unauthorized: { status: 401, title: 'A valid key is required' },
  forbidden: { status: 403, title: 'The key does not allow this' },
  route_not_found: { status: 404, title: 'There is nothing here' },
  character_not_found: { status: 404, title: 'No such character' },
  day_not_found: { status: 404, title: 'This day is not written' },
  generation_not_found: { status: 404, title: 'No such generation' },
  request_timeout: { status: 408, title: 'The request came too slowly' },
  method_not_allowed: { status: 405, title: 'This method is not allowed here' },
  storage_conflict: { status: 409, title: 'Somebody else changed the same first' },
  body_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The body must be JSON' },
  date_out_of_window: { status: 422, title: 'The date is too far away' },
  rate_limited: { status: 429, title: 'Too many requests' },
  headers_too_large: { status: 431, title: 'The headers are too large' },
  storage_unavailable: { status: 503, title: 'The database is away' },
  queue_unavailable: { status: 503, title: 'The queue is away' },
};

const unforeseen = { status: 500, title: 'Something went wrong here' };

export function problemOf(failure: TexasError, requestId: string): Problem {
  const { status, title } = answers[failure.code] ?? unforeseen;
  const detail =
    status === 500 ? `The log has it under the request id ${requestId}.` : failure.message;
  const errors = fieldErrorsOf(failure);
  return {
    type: `urn:texas-ai:problem:${failure.code}`,
    title,
    status,
    detail,
    code: failure.code,
    requestId,
    ...(errors.length > 0 && { errors }),
  };
}

function fieldErrorsOf({ details, message }: TexasError): FieldError[] {
  if (typeof details.field === 'string') return [{ field: details.field, message }];
  const errors = z.array(fieldErrorSchema).safeParse(details.errors);
  return errors.success ? errors.data : [];
}

const expressFailure = z.object({ type: z.string().optional(), status: z.number() });

/** What Express and its body parser throw, and anything else, as a TexasError. */
export function failureOf(error: unknown): TexasError {
  const foreign = error instanceof TexasError ? null : expressFailure.safeParse(error);
  if (!foreign?.success) return asTexasError(error);
  const { type, status } = foreign.data;
  const field = { details: { field: 'body' }, cause: error };
  switch (type) {
    case 'entity.parse.failed':
      return new TexasError('malformed_json', 'The body must be a JSON object.', field);
    case 'entity.too.large':
      return new TexasError('body_too_large', 'The body is too large.', field);
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return new TexasError('unsupported_media_type', 'The body must be JSON in UTF-8.', field);
    default:
      return status < 500
        ? new TexasError('invalid_request', 'The request could not be read.', { cause: error })
        : asTexasError(error);
  }
}

/** What a client should wait while a dependency is away. */
const awaySeconds = 5;

/** Answers a request with a problem. */
export function sendProblem(response: ServerResponse, problem: Problem): void {
  const headers = [
    'Content-Type',
    'application/problem+json; charset=utf-8',
    'Cache-Control',
    'no-store',
    ...(problem.status === 503 ? ['Retry-After', String(awaySeconds)] : []),
  ];
  const bytes = Buffer.from(JSON.stringify(problem));
  sendBytes(response, { status: problem.status, headers, bytes });
}
