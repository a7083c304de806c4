import { createHash } from 'node:crypto';
import { z } from 'zod';
import { makeDocument } from '../openapi/document.js';
import { answerBytes } from '../reads/send-cached.js';
import { defineOperation, type Operation } from '../transport/operation.js';
import { ifNoneMatch } from './parameters.js';

/** The document of these operations and of itself, made when it is first asked for. */
export function documentOperations(others: readonly Operation[], basePath: string): Operation[] {
  let made: { bytes: Buffer; etag: string } | null = null;
  const operation = defineOperation({
    id: 'getDocument',
    method: 'get',
    path: '/openapi.json',
    scope: null,
    limit: null,
    tag: 'operation',
    summary: 'This document',
    summaryZh: '本接口文档',
    description: 'OpenAPI 3.1, made from the schemas that validate. `/docs` shows it for reading.',
    headers: z.object({ 'if-none-match': ifNoneMatch }),
    answers: {
      200: {
        description: 'The document.',
        body: z.looseObject({ openapi: z.string() }),
        example: { openapi: '3.1.0' },
        headers: { ETag: 'Names these very bytes.' },
      },
      304: { description: 'The client has this document already.' },
    },
    problems: [],
    async answer({ headers }) {
      made ??= bytesOf(makeDocument([...others, operation], basePath));
      return { ready: answerBytes(made, headers['if-none-match']) };
    },
  });
  return [operation];
}

function bytesOf(document: unknown): { bytes: Buffer; etag: string } {
  const bytes = Buffer.from(JSON.stringify(document));
  return {
    bytes,
    etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`,
  };
}
