import type { Scope } from '@texas-ai/access';
import { type ErrorCode, TexasError } from '@texas-ai/kernel';
import type { Request, Response } from 'express';
import { z } from 'zod';
import type { Principal } from '../access/key-ring.js';
import type { RawResponse } from './response.js';

/** What an operation returns: a JSON body or none, serialized bytes, or a stream. */
export type OperationResponse =
  | { status: number; headers?: Record<string, string>; body?: unknown }
  | { raw: RawResponse }
  /** Takes over the response, as an event stream does. */
  | { stream(request: Request, response: Response): Promise<void> };

/** A response other than a problem. */
export interface DocumentedResponse {
  description: string;
  /** Absent if there is no body. */
  body?: z.ZodType;
  /** Content type; default `application/json`. */
  type?: string;
  example?: unknown;
  /** Descriptions of the headers that matter to clients, by name. */
  headers?: Record<string, string>;
}

export interface Documentation {
  /** `operationId`: stable, since clients generate method names from it. */
  id: string;
  tag: 'characters' | 'days' | 'generations' | 'operation' | 'original';
  summary: string;
  summaryZh: string;
  description: string;
  responses: Record<number, DocumentedResponse>;
  /** Error codes in addition to those implied by scope, limit and input. */
  problems: readonly ErrorCode[];
  deprecated?: boolean;
  /** For a legacy GET that changes something: HEAD is not allowed. */
  changes?: boolean;
}

/** The rate limit that applies to an operation. */
export type LimitName = 'reads' | 'generations';

/** One method of one path: the single source for router, validation and OpenAPI document. */
export interface Operation extends Documentation {
  method: 'get' | 'post' | 'delete';
  /** In Express syntax: `/v1/characters/:character`. */
  path: string;
  /** The scope that a key needs; null for public operations. */
  scope: Scope | null;
  /** Null for operations without a rate limit. */
  limit: LimitName | null;
  params: z.ZodObject;
  query: z.ZodObject;
  /** The request headers it reads, by lower-case name. */
  headers: z.ZodObject;
  /** Null if it takes no body. */
  body: z.ZodType | null;
  respond(request: Request, context: OperationContext): Promise<OperationResponse>;
}

export interface OperationContext {
  requestId: string;
  /** Null for public operations. */
  caller: Principal | null;
}

interface OperationInput<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Headers extends z.ZodObject,
  Body extends z.ZodType,
> extends Documentation {
  method: Operation['method'];
  path: string;
  scope: Scope | null;
  limit?: LimitName | null;
  params?: Params;
  query?: Query;
  headers?: Headers;
  body?: Body;
  respond(
    input: {
      params: z.output<Params>;
      query: z.output<Query>;
      headers: z.output<Headers>;
      body: z.output<Body>;
    } & OperationContext,
  ): Promise<OperationResponse>;
}

const nothing = z.strictObject({});

/** Defines an operation that validates its whole input before it responds. */
export function defineOperation<
  Params extends z.ZodObject = typeof nothing,
  Query extends z.ZodObject = typeof nothing,
  Headers extends z.ZodObject = typeof nothing,
  Body extends z.ZodType = z.ZodUndefined,
>(definition: OperationInput<Params, Query, Headers, Body>): Operation {
  const { params, query, headers, body } = definition;
  const input = z.object({
    params: params ?? nothing,
    query: query ?? nothing,
    headers: (headers ?? nothing).strip(),
    body: body ?? nothing.optional(),
  });
  return {
    ...definition,
    limit: definition.limit === undefined ? 'reads' : definition.limit,
    params: params ?? nothing,
    query: query ?? nothing,
    headers: headers ?? nothing,
    body: body ?? null,
    async respond(request, context) {
      const parsed = input.safeParse({
        params: request.params,
        query: request.query,
        headers: request.headers,
        body: request.body,
      });
      if (!parsed.success) throw invalidRequest(parsed.error, headers);
      type Input = Parameters<(typeof definition)['respond']>[0];
      return definition.respond({ ...parsed.data, ...context } as Input);
    },
  };
}

function invalidRequest(error: z.ZodError, headers: z.ZodObject | undefined): TexasError {
  const errors = error.issues.flatMap((issue) => {
    // The first segment is one of `params`, `query`, `headers` and `body`.
    const [part, ...path] = issue.path;
    if (issue.code !== 'unrecognized_keys') {
      const field = path.join('.') || 'body';
      const title = part === 'headers' ? headers?.shape[field]?.meta()?.title : undefined;
      return [{ field: title ?? field, message: issue.message }];
    }
    return issue.keys.map((key) => ({
      field: [...path, key].join('.'),
      message: 'unknown field',
    }));
  });
  const message = errors.map((error) => `${error.field}: ${error.message}`).join('; ');
  return new TexasError('invalid_request', message, { details: { errors } });
}
