import { type MajorEventRecord, majorEventRecordSchema } from '@texas-ai/life';
import { z } from 'zod';
import type { AppDeps } from '../process/deps.js';
import { answerCached } from '../reads/send-cached.js';
import { defineOperation, type Operation } from '../transport/operation.js';
import { assertRange, nextCursor, page, pageQuery, rangeQuery } from './page.js';
import { characterParams, ifNoneMatch } from './parameters.js';

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
      summary: 'Major events, newest first',
      summaryZh: '列出大事件，新的在前',
      description:
        'Trips, special deliveries and whatever else fills 1-7 days; `from` and `to` bound their first day. ' +
        'An event that a plan has just begun shows within a minute.',
      params: characterParams,
      query: z.strictObject({ ...rangeQuery, ...pageQuery }),
      headers: z.object({ 'if-none-match': ifNoneMatch }),
      answers: {
        200: {
          description: 'A page of major events.',
          body: z.object({ events: z.array(majorEventRecordSchema), nextCursor }),
          headers: {
            ETag: 'Of the newest page, which is kept for a minute.',
            'Cache-Status':
              '`texas-ai; hit; detail=stale` where the answer is older than it should be.',
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
        304: { description: 'The client has this page already.' },
      },
      problems: ['character_not_found'],
      async answer({ params, query, headers }) {
        assertRange(query);
        const { from, to, limit, cursor: after } = query;
        const { id: character } = await readers.profile(params.character);
        const body = (found: MajorEventRecord[]) => {
          const place = ({ startDate, id }: MajorEventRecord) => ({ date: startDate, id });
          const { entries, nextCursor } = page(found, limit, place);
          return { events: entries, nextCursor };
        };
        const more = limit + 1;
        if (from !== undefined || to !== undefined || after !== undefined) {
          const query = { character, from, to, after, limit: more };
          return { status: 200, body: body(await store.majorEvents.list(query)) };
        }
        const newest = await readers.newestEvents(character, more, body);
        return { ready: answerCached(newest, headers['if-none-match']) };
      },
    }),
  ];
}
