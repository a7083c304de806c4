import type { Operation } from '../transport/operation.js';
import { problemSchema } from '../transport/problem.js';
import { exampleProblem, problemCodesOf } from './problems.js';
import type { Schemas } from './schemas.js';

type Headers = Record<string, { description: string; schema: { type: 'string' } }>;

interface DocumentResponse {
  description: string;
  headers: Headers;
  content?: Record<string, unknown>;
}

/** All responses of an operation by status: those it documents and its problems. */
export function responsesOf(
  operation: Operation,
  schemas: Schemas,
): Record<string, DocumentResponse> {
  const responses: Record<string, DocumentResponse> = {};
  for (const [status, documented] of Object.entries(operation.responses)) {
    const { description, body, type = 'application/json', example, headers = {} } = documented;
    responses[status] = {
      description,
      headers: { ...commonHeaders(operation), ...withSchema(headers) },
      ...(body && { content: { [type]: { schema: schemas.ofOutput(body), example } } }),
    };
  }
  for (const code of problemCodesOf(operation)) {
    const problem = exampleProblem(code);
    const status = String(problem.status);
    const response = responses[status];
    const content = response?.content ?? {};
    const before = content['application/problem+json'] as { examples: object } | undefined;
    responses[status] = {
      description: [response?.description, problem.title].filter(Boolean).join('; '),
      headers: { ...commonHeaders(operation), ...response?.headers, ...problemHeaders(status) },
      content: {
        ...content,
        'application/problem+json': {
          schema: schemas.ofOutput(problemSchema),
          examples: { ...before?.examples, [code]: { summary: problem.title, value: problem } },
        },
      },
    };
  }
  return responses;
}

function commonHeaders({ limit }: Operation): Headers {
  return withSchema({
    'X-Request-Id': 'Identifies the request in the logs: the client’s own id, or a generated one.',
    ...(limit && {
      RateLimit: 'Remaining requests, and seconds until the reset.',
      'RateLimit-Policy': 'The limit, and its window in seconds.',
    }),
  });
}

function problemHeaders(status: string): Headers {
  if (status === '401' || status === '403') {
    return withSchema({ 'WWW-Authenticate': 'The required authentication (RFC 6750).' });
  }
  return status === '429' || status === '503'
    ? withSchema({ 'Retry-After': 'Seconds to wait before retrying.' })
    : {};
}

function withSchema(headers: Record<string, string>): Headers {
  return Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [
      name,
      { description, schema: { type: 'string' as const } },
    ]),
  );
}
