import { type MajorEventRecord, majorEventRecordSchema } from '@texas-ai/life';
import { z } from 'zod';
import type { AppDeps } from '../process/deps.js';
import { cachedResponse } from '../reads/cached-response.js';
import { defineOperation, type Operation } from '../transport/operation.js';
import { nextCursor, page, pageQuery } from './paging.js';
import { assertRange, characterParams, ifNoneMatch, rangeQuery } from './parameters.js';

export function eventOperations({
  store,
  readers,
}: Pick<AppDeps, 'store' | 'readers'>): Operation[] {
  return [
    defineOperation({
      id: 'listMajorEvents',
      method: 'get',
      path: '/v1/characters/:character/events',
      scope: 'read',
      tag: 'days',
      summary: 'List major events',
      summaryZh: '列出大事件',
      description:
        'Trips, special deliveries and other events of 1-7 days, newest first; `from` and `to` limit their ' +
        'first day. A new event appears within a minute.',
      params: characterParams,
      query: z.strictObject({ ...rangeQuery, ...pageQuery }),
      headers: z.object({ 'if-none-match': ifNoneMatch }),
      responses: {
        200: {
          description: 'A page of major events.',
          body: z.object({ events: z.array(majorEventRecordSchema), nextCursor }),
          headers: {
            ETag: 'Only on the newest page, which is cached for a minute.',
            'Cache-Status': '`texas-ai; hit; detail=stale` if the response is out of date.',
          },
          example: {
            events: [
              {
                id: '019ac0a5-8b0e-7c1f-9d3a-2f6f5f0f7a14',
                kind: 'delivery',
                title: '送往叙拉古的快递',
                objective: '按时送到，不惊动任何人。',
                startDate: '2026-11-21',
                days: 4,
              },
            ],
            nextCursor: null,
          },
        },
        304: { description: 'The client’s copy is current.' },
      },
      problems: ['character_not_found'],
      async respond({ params, query, headers }) {
        assertRange(query);
        const { from, to, limit, cursor: after } = query;
        const { id: character } = await readers.profile(params.character);
        const body = (found: MajorEventRecord[]) => {
          const positionOf = ({ startDate: date, id }: MajorEventRecord) => ({ date, id });
          const { entries, nextCursor } = page(found, limit, positionOf);
          return { events: entries, nextCursor };
        };
        if (from || to || after) {
          const found = await store.majorEvents.list({
            character,
            from,
            to,
            after,
            limit: limit + 1,
          });
          return { status: 200, body: body(found) };
        }
        const newest = await readers.newestEvents(character, limit + 1, body);
        return { raw: cachedResponse(newest, headers['if-none-match']) };
      },
    }),
  ];
}
