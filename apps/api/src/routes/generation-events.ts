import { TexasError } from '@texas-ai/kernel';
import { progressEventSchema } from '@texas-ai/life';
import { z } from 'zod';
import type { AppDeps } from '../process/deps.js';
import { defineOperation, type Operation } from '../transport/operation.js';
import { generationParams } from './generations.js';

export function generationEventOperations({
  store,
  streams,
}: Pick<AppDeps, 'store' | 'streams'>): Operation[] {
  return [
    defineOperation({
      id: 'followGeneration',
      method: 'get',
      path: '/v1/generations/:id/events',
      scope: 'read',
      tag: 'generations',
      summary: 'Follow a generation live',
      summaryZh: '实时查看生成进度',
      description:
        'Server-Sent Events: `queued`, `planning`, `planned`, a `chapter` each, then `published`, `failed` or ' +
        '`cancelled`, after which the stream ends. Whoever comes late, or again with `Last-Event-ID`, is told ' +
        'what was missed. Comments keep the connection alive.',
      params: generationParams,
      headers: z.object({
        'last-event-id': z.string().optional().meta({
          title: 'Last-Event-ID',
          description:
            'The id of the last event that the client has; an EventSource sends it itself.',
          example: '4',
        }),
      }),
      answers: {
        200: {
          description: 'The events; the `data` of each is this object.',
          type: 'text/event-stream',
          body: progressEventSchema,
          example: {
            id: '4',
            type: 'chapter',
            generation: '019ac0a5-8b0e-7c1f-9d3a-2f6f5f0f7a11',
            status: 'writing',
            chapters: { total: 4, written: 1 },
            chapter: 2,
            error: null,
          },
        },
        204: { description: 'The client has had the end already.' },
      },
      problems: ['generation_not_found'],
      async answer({ params, caller }) {
        return {
          async stream(request, response) {
            if (request.method !== 'HEAD') {
              const who = { generationId: params.id, keyId: caller?.keyId ?? '' };
              return streams.follow(request, response, who);
            }
            if (await store.generations.find(params.id)) {
              return void response.type('text/event-stream').end();
            }
            throw new TexasError('generation_not_found', 'There is no generation of this id.', {
              details: { field: 'id' },
            });
          },
        };
      },
    }),
  ];
}
