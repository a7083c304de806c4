import { type CachedBytes, withEtag } from '@texas-ai/storage';
import { z } from 'zod';
import { makeDocument } from '../openapi/document.js';
import { cachedResponse } from '../reads/cached-response.js';
import { defineOperation, type Operation } from '../transport/operation.js';
import { ifNoneMatch } from './parameters.js';

/** Serves the OpenAPI document of these operations and itself; built on first request. */
export function openApiOperations(others: readonly Operation[], basePath: string): Operation[] {
  let entry: CachedBytes | null = null;
  const operation = defineOperation({
    id: 'getDocument',
    method: 'get',
    path: '/openapi.json',
    scope: null,
    limit: null,
    tag: 'operation',
    summary: 'Get this document',
    summaryZh: '本接口文档',
    description:
      'OpenAPI 3.1, generated from the schemas that validate requests. `/docs` renders it.',
    headers: z.object({ 'if-none-match': ifNoneMatch }),
    responses: {
      200: {
        description: 'The document.',
        body: z.looseObject({ openapi: z.string() }),
        example: { openapi: '3.1.0' },
        headers: { ETag: 'Identifies these exact bytes.' },
      },
      304: { description: 'The client’s copy is current.' },
    },
    problems: [],
    async respond({ headers }) {
      entry ??= withEtag(JSON.stringify(makeDocument([...others, operation], basePath)));
      return { raw: cachedResponse({ entry, stale: false }, headers['if-none-match']) };
    },
  });
  return [operation];
}
