import { interactionSchema, interactionStatuses } from '@texas-ai/life';
import { z } from 'zod';
import type { AppDeps } from '../process/deps.js';
import { defineOperation, type Operation } from '../transport/operation.js';
import { nextCursor, page, pageQuery } from './paging.js';
import { characterParams, plainDate } from './parameters.js';

export function interactionOperations({
  store,
  readers,
}: Pick<AppDeps, 'store' | 'readers'>): Operation[] {
  return [
    defineOperation({
      id: 'listInteractions',
      method: 'get',
      path: '/v1/characters/:character/interactions',
      scope: 'read',
      tag: 'days',
      summary: 'List messages the character wants to send',
      summaryZh: '列出她想主动发送的消息',
      description:
        'The interactions of live days, newest day first, each with the time window in which to send it.',
      params: characterParams,
      query: z.strictObject({
        date: plainDate
          .optional()
          .meta({ description: 'Only of this local date.', example: '2026-11-23' }),
        status: z
          .enum(interactionStatuses)
          .optional()
          .meta({ description: 'Only with this status.', example: 'planned' }),
        ...pageQuery,
      }),
      responses: {
        200: {
          description: 'A page of interactions.',
          body: z.object({ interactions: z.array(interactionSchema), nextCursor }),
          example: {
            interactions: [
              {
                id: '019ac0a5-8b0e-7c1f-9d3a-2f6f5f0f7a15',
                date: '2026-11-23',
                experienceId: '019ac0a5-8b0e-7c1f-9d3a-2f6f5f0f7a13',
                content: '雨停了。你那边呢？',
                status: 'planned',
                windowStart: '2026-11-23T01:20:00Z',
                windowEnd: '2026-11-23T01:40:00Z',
              },
            ],
            nextCursor: null,
          },
        },
      },
      problems: ['character_not_found'],
      async respond({ params, query }) {
        const { date, status, limit, cursor: after } = query;
        const { id: character } = await readers.profile(params.character);
        const found = await store.interactions.list({
          character,
          date,
          status,
          after,
          limit: limit + 1,
        });
        const { entries, nextCursor } = page(found, limit, (interaction) => interaction);
        return { status: 200, body: { interactions: entries, nextCursor } };
      },
    }),
  ];
}
