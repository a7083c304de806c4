import { TexasError } from '@texas-ai/kernel';
import type { Request } from 'express';
import { z } from 'zod';

/** What a key must allow; `none` marks the public operations. */
export type Scope = 'none' | 'read' | 'generate' | 'admin';

export interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Route {
  method: 'get' | 'post' | 'delete';
  /** As Express writes it: `/v1/characters/:character`. */
  path: string;
  scope: Scope;
  answer(request: Request, requestId: string): Promise<Answer>;
}

interface RouteDefinition<Params, Query, Body> {
  method: Route['method'];
  path: string;
  scope: Scope;
  params?: z.ZodType<Params>;
  query?: z.ZodType<Query>;
  body?: z.ZodType<Body>;
  /** The schema of a successful answer's body. */
  response: z.ZodType;
  answer(input: {
    params: Params;
    query: Query;
    body: Body;
    header(name: string): string | undefined;
    requestId: string;
  }): Promise<Answer>;
}

const nothing = z.strictObject({});

/** A route whose input is validated, all fields at once, before its answer is made. */
export function defineRoute<Params, Query, Body>(
  definition: RouteDefinition<Params, Query, Body>,
): Route {
  const input = z.object({
    params: definition.params ?? nothing,
    query: definition.query ?? nothing,
    body: definition.body ?? nothing.optional(),
  });
  return {
    method: definition.method,
    path: definition.path,
    scope: definition.scope,
    async answer(request, requestId) {
      const { params, query, body } = request;
      const parsed = input.safeParse({ params, query, body });
      if (!parsed.success) throw invalidRequest(parsed.error);
      const valid = parsed.data as { params: Params; query: Query; body: Body };
      return definition.answer({ ...valid, header: (name) => request.get(name), requestId });
    },
  };
}

function invalidRequest(error: z.ZodError): TexasError {
  const errors = error.issues.flatMap((issue) => {
    // `params`, `query` and `body` are our words; clients know the field alone.
    const path = issue.path.slice(1);
    if (issue.code !== 'unrecognized_keys') {
      return [{ field: path.join('.') || 'body', message: issue.message }];
    }
    return issue.keys.map((key) => ({
      field: [...path, key].join('.'),
      message: 'There is no such field.',
    }));
  });
  const said = errors.map(({ field, message }) => `${field}: ${message}`).join(' ');
  return new TexasError('invalid_request', said, { details: { errors } });
}
