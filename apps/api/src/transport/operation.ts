import type { Scope } from '@texas-ai/access';
import { type ErrorCode, TexasError } from '@texas-ai/kernel';
import type { Request, Response } from 'express';
import { z } from 'zod';
import type { ReadyAnswer } from './send-bytes.js';

/** What an answer carries: a body of JSON, bytes that are ready, or nothing but its status. */
export type Answer =
  | { status: number; headers?: Record<string, string>; body?: unknown }
  | { ready: ReadyAnswer }
  /** Takes the response over, as an event stream does. */
  | { stream(request: Request, response: Response): Promise<void> };

/** A successful answer, or a documented one that is no problem, such as `unready`. */
export interface DocumentedAnswer {
  description: string;
  /** Absent where there is no body. */
  body?: z.ZodType;
  /** By default application/json. */
  type?: string;
  /** A body as it may look. */
  example?: unknown;
  /** Names of the headers that matter to clients, each with one sentence. */
  headers?: Record<string, string>;
}

export interface Documentation {
  /** Stable, camelCase: clients generate names from it. */
  id: string;
  /** The group it is shown in. */
  tag: 'characters' | 'days' | 'generations' | 'operation' | 'original';
  summary: string;
  /** The summary in Chinese. */
  summaryZh: string;
  description: string;
  answers: Record<number, DocumentedAnswer>;
  /** The codes of its problems, beyond those that follow from its scope, limit and input. */
  problems: readonly ErrorCode[];
  deprecated?: boolean;
  /** A GET that changes something, as only the original has: HEAD is refused. */
  changes?: boolean;
}

/** The counter a request is counted by. */
export type LimitName = 'reads' | 'generations';

/** Who asks, as the operations see it. */
export interface Caller {
  /** The key's id; `internal` is the bootstrap key. */
  keyId: string;
}

/** One method at one path, with all there is to know of it: for the router, the checks, the document. */
export interface Operation extends Documentation {
  method: 'get' | 'post' | 'delete';
  /** As Express writes it: `/v1/characters/:character`. */
  path: string;
  /** What a key must allow; null marks the public operations. */
  scope: Scope | null;
  /** Null where nothing is counted. */
  limit: LimitName | null;
  params: z.ZodObject;
  query: z.ZodObject;
  /** Request headers that mean something to it, by their names in lower case. */
  headers: z.ZodObject;
  /** Null where no body is read. */
  body: z.ZodType | null;
  answer(request: Request, context: AnswerContext): Promise<Answer>;
}

export interface AnswerContext {
  requestId: string;
  /** Null for public operations. */
  caller: Caller | null;
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
  answer(
    input: {
      params: z.output<Params>;
      query: z.output<Query>;
      headers: z.output<Headers>;
      body: z.output<Body>;
    } & AnswerContext,
  ): Promise<Answer>;
}

const nothing = z.strictObject({});

/** An operation whose input is validated, all fields at once, before its answer is made. */
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
    // An operation reads no other headers.
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
    async answer(request, context) {
      const parsed = input.safeParse({
        params: request.params,
        query: request.query,
        headers: request.headers,
        body: request.body,
      });
      if (!parsed.success) throw invalidRequest(parsed.error, headers);
      type Input = Parameters<(typeof definition)['answer']>[0];
      return definition.answer({ ...parsed.data, ...context } as Input);
    },
  };
}

function invalidRequest(error: z.ZodError, headers: z.ZodObject | undefined): TexasError {
  const errors = error.issues.flatMap((issue) => {
    // `params`, `query`, `headers` and `body` are our words; clients know the field alone.
    const [part, ...path] = issue.path;
    if (issue.code !== 'unrecognized_keys') {
      const field = path.join('.') || 'body';
      const title = part === 'headers' ? headers?.shape[field]?.meta()?.title : undefined;
      return [{ field: title ?? field, message: issue.message }];
    }
    return issue.keys.map((key) => ({
      field: [...path, key].join('.'),
      message: 'There is no such field.',
    }));
  });
  const said = errors.map(({ field, message }) => `${field}: ${message}`).join(' ');
  return new TexasError('invalid_request', said, { details: { errors } });
}
