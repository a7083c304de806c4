import { progressEventSchema } from '@texas-ai/life';
import { z } from 'zod';
import type { AppDeps } from '../process/deps.js';
import { generationNotFound } from '../progress/progress-streams.js';
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
      summary: 'Follow a generation',
      summaryZh: '实时查看生成进度',
      description:
        'Server-Sent Events: `queued`, `planning`, `planned`, one `chapter` per chapter, then `published`, ' +
        '`failed` or `cancelled`, which ends the stream. A client that connects late, or reconnects with ' +
        '`Last-Event-ID`, first receives the events it missed. Comments keep the connection alive.',
      params: generationParams,
      headers: z.object({
        'last-event-id': z.string().optional().meta({
          title: 'Last-Event-ID',
          description: 'The id of the last event received; an EventSource sends it automatically.',
          example: '4',
        }),
      }),
      responses: {
        200: {
          description: 'The event stream; the `data` of each event is this object.',
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
        204: { description: 'The client has already received the last event.' },
      },
      problems: ['generation_not_found'],
      async respond({ params, caller }) {
        return {
          async stream(request, response) {
            if (request.method !== 'HEAD') {
              const keyId = caller?.keyId ?? '';
              return streams.follow(request, response, { generationId: params.id, keyId });
            }
            if (await store.generations.find(params.id)) {
              return void response.type('text/event-stream').end();
            }
            throw generationNotFound();
          },
        };
      },
    }),
  ];
}
