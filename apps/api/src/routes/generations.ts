import { cancelGeneration, generationSchema, requestGeneration, viewOf } from '@texas-ai/life';
import { z } from 'zod';
import type { AppDeps } from '../process/deps.js';
import { generationNotFound } from '../progress/progress-streams.js';
import { defineOperation, type Operation } from '../transport/operation.js';
import { dayParams } from './parameters.js';

export const generationParams = z.strictObject({
  id: z
    .uuid('a generation’s id')
    .transform((id) => id.toLowerCase())
    .meta({
      type: 'string',
      format: 'uuid',
      description: 'A generation’s id.',
      example: '019ac0a5-8b0e-7c1f-9d3a-2f6f5f0f7a11',
    }),
});

const example = {
  id: '019ac0a5-8b0e-7c1f-9d3a-2f6f5f0f7a11',
  character: 'texas',
  date: '2026-11-23',
  status: 'writing',
  author: 'gemini',
  model: 'gemini-3.5-flash-lite',
  chapters: { total: 4, written: 1 },
  usage: { calls: 2, inputTokens: 5210, outputTokens: 3120, cost: 0.009363, unpricedCalls: 0 },
  fallback: null,
  waiting: null,
  error: null,
  createdAt: '2026-11-22T20:00:00Z',
  startedAt: '2026-11-22T20:00:00.2Z',
  finishedAt: null,
};

export function generationOperations({
  store,
  requesting,
  config,
}: Pick<AppDeps, 'store' | 'requesting' | 'config'>): Operation[] {
  const { basePath } = config.server;
  return [
    defineOperation({
      id: 'requestGeneration',
      method: 'post',
      path: '/v1/characters/:character/days/:date/generations',
      scope: 'generate',
      limit: 'generations',
      tag: 'generations',
      summary: 'Generate a day',
      summaryZh: '生成某一天的日程和微观经历',
      description:
        'Accepted once stored; workers write the day. Only one generation is in flight per character and ' +
        'date: a repeated request returns it, resumes it after a failure, and starts another after it was ' +
        'published or cancelled. The live day is served until the new one is complete.',
      params: dayParams,
      headers: z.object({
        'idempotency-key': z
          .string()
          .regex(/^[\x21-\x7e]{1,255}$/, '1-255 visible ASCII characters')
          .optional()
          .meta({
            title: 'Idempotency-Key',
            description: 'A retry with the same key returns the generation of the first response.',
            example: '8e03978e-40d5-43e8-bc93-6894a57f9324',
          }),
      }),
      body: z
        .strictObject({
          fresh: z.boolean().default(false).meta({
            description: 'Cancels the generation in flight and starts another.',
            example: false,
          }),
        })
        .default({ fresh: false }),
      responses: {
        202: {
          description: 'Accepted: the generation in flight.',
          body: generationSchema,
          example: { ...example, status: 'queued', startedAt: null },
          headers: { Location: 'The generation.' },
        },
      },
      problems: ['character_not_found', 'date_out_of_window'],
      async respond({ params, body, headers, requestId, caller }) {
        const key = headers['idempotency-key'];
        const accepted = await requestGeneration(requesting, {
          ...params,
          fresh: body.fresh,
          askedBy: 'person',
          idempotency: key === undefined || !caller ? null : { caller: caller.keyId, key },
          requestId,
        });
        return {
          status: 202,
          headers: { Location: `${basePath}/v1/generations/${accepted.id}` },
          body: viewOf(accepted),
        };
      },
    }),
    defineOperation({
      id: 'getGeneration',
      method: 'get',
      path: '/v1/generations/:id',
      scope: 'read',
      tag: 'generations',
      summary: 'Get a generation',
      summaryZh: '查看生成进度',
      description: 'Its status, written chapters, usage, and why it failed or waits.',
      params: generationParams,
      responses: {
        200: { description: 'The generation.', body: generationSchema, example },
      },
      problems: ['generation_not_found'],
      async respond({ params }) {
        const found = await store.generations.find(params.id);
        if (found) return { status: 200, body: viewOf(found) };
        throw generationNotFound();
      },
    }),
    defineOperation({
      id: 'cancelGeneration',
      method: 'delete',
      path: '/v1/generations/:id',
      scope: 'generate',
      tag: 'generations',
      summary: 'Cancel a generation',
      summaryZh: '取消生成',
      description: 'The live day stays. A generation that has ended is returned unchanged.',
      params: generationParams,
      responses: {
        200: {
          description: 'The generation after the request.',
          body: generationSchema,
          example: { ...example, status: 'cancelled', finishedAt: '2026-11-22T20:00:04Z' },
        },
      },
      problems: ['generation_not_found'],
      async respond({ params }) {
        const { onProgress } = requesting;
        const generation = await cancelGeneration({ store, onProgress }, params.id);
        return { status: 200, body: viewOf(generation) };
      },
    }),
  ];
}
