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

/** Every answer of an operation by its status: those it names, and its problems. */
export function responsesOf(
  operation: Operation,
  schemas: Schemas,
): Record<string, DocumentResponse> {
  const responses: Record<string, DocumentResponse> = {};
  for (const [status, answer] of Object.entries(operation.responses)) {
    const { description, body, type = 'application/json', example, headers = {} } = answer;
    responses[status] = {
      description,
      headers: { ...commonHeaders(operation), ...described(headers) },
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
      headers: { ...commonHeaders(operation), ...response?.headers, ...headersOf(status) },
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
  return described({
    'X-Request-Id': 'Names the request in the logs: the client’s own, or one that was made.',
    ...(limit && {
      RateLimit: 'How much is left, and for how long.',
      'RateLimit-Policy': 'How many requests in how many seconds.',
    }),
  });
}

function headersOf(status: string): Headers {
  if (status === '401' || status === '403') {
    return described({ 'WWW-Authenticate': 'What is needed (RFC 6750).' });
  }
  return status === '429' || status === '503'
    ? described({ 'Retry-After': 'Seconds to wait.' })
    : {};
}

function described(headers: Record<string, string>): Headers {
  return Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [
      name,
      { description, schema: { type: 'string' as const } },
    ]),
  );
}
