import type { ServerResponse } from 'node:http';
import { asTexasError, type ErrorCode, TexasError } from '@texas-ai/kernel';
import { z } from 'zod';
import { sendBytes } from './response.js';

const fieldErrorSchema = z.object({ field: z.string(), message: z.string() });

/** Problem details (RFC 9457) with a stable `code` and the invalid fields. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.string().meta({ description: 'Stable, for programs.' }),
    requestId: z.string(),
    errors: z.array(fieldErrorSchema).optional(),
  })
  .meta({ id: 'Problem' });

export type Problem = z.infer<typeof problemSchema>;
export type FieldError = z.infer<typeof fieldErrorSchema>;

/** HTTP status and title by error code; codes not listed are 500. */
const httpErrors: Partial<Record<ErrorCode, { status: number; title: string }>> = {
  invalid_request: { status: 400, title: 'Invalid request' },
  malformed_json: { status: 400, title: 'Malformed JSON' },
  unauthorized: { status: 401, title: 'Valid API key required' },
  forbidden: { status: 403, title: 'Insufficient scope' },
  route_not_found: { status: 404, title: 'Not found' },
  character_not_found: { status: 404, title: 'Character not found' },
  day_not_found: { status: 404, title: 'Day not written' },
  generation_not_found: { status: 404, title: 'Generation not found' },
  request_timeout: { status: 408, title: 'Request timeout' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  storage_conflict: { status: 409, title: 'Conflicting change' },
  body_too_large: { status: 413, title: 'Body too large' },
  unsupported_media_type: { status: 415, title: 'Unsupported media type' },
  date_out_of_window: { status: 422, title: 'Date out of range' },
  rate_limited: { status: 429, title: 'Too many requests' },
  headers_too_large: { status: 431, title: 'Headers too large' },
  storage_unavailable: { status: 503, title: 'Database unavailable' },
  queue_unavailable: { status: 503, title: 'Queue unavailable' },
};

const internalError = { status: 500, title: 'Internal error' };

export function problemOf(failure: TexasError, requestId: string): Problem {
  const { status, title } = httpErrors[failure.code] ?? internalError;
  const detail = status === 500 ? `See the log for request id ${requestId}.` : failure.message;
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

const expressErrorSchema = z.object({ type: z.string().optional(), status: z.number() });

/** Converts errors of Express and its body parser, and any other, to a TexasError. */
export function failureOf(error: unknown): TexasError {
  const expressError = error instanceof TexasError ? null : expressErrorSchema.safeParse(error);
  if (!expressError?.success) return asTexasError(error);
  const { type, status } = expressError.data;
  const options = { details: { field: 'body' }, cause: error };
  switch (type) {
    case 'entity.parse.failed':
      return new TexasError('malformed_json', 'The body must be a JSON object.', options);
    case 'entity.too.large':
      return new TexasError('body_too_large', 'The body is too large.', options);
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return new TexasError('unsupported_media_type', 'The body must be JSON in UTF-8.', options);
    default:
      return status < 500
        ? new TexasError('invalid_request', 'The request could not be read.', { cause: error })
        : asTexasError(error);
  }
}

/** `Retry-After` of 503 responses. */
const retryAfterSeconds = 5;

export function sendProblem(response: ServerResponse, problem: Problem): void {
  const headers = [
    'Content-Type',
    'application/problem+json; charset=utf-8',
    'Cache-Control',
    'no-store',
    ...(problem.status === 503 ? ['Retry-After', String(retryAfterSeconds)] : []),
  ];
  const bytes = Buffer.from(JSON.stringify(problem));
  sendBytes(response, { status: problem.status, headers, bytes });
}
