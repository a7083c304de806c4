import { TexasError } from '@texas-ai/kernel';
import { daySchema, daySummarySchema } from '@texas-ai/life';
import { z } from 'zod';
import type { AppDeps } from '../process/deps.js';
import { cachedResponse } from '../reads/cached-response.js';
import { defineOperation, type Operation } from '../transport/operation.js';
import { nextCursor, page, pageQuery } from './paging.js';
import { assertRange, characterParams, dayParams, ifNoneMatch, rangeQuery } from './parameters.js';

const exampleSummary = {
  character: 'texas',
  date: '2026-11-23',
  timeZone: 'Asia/Shanghai',
  language: 'zh',
  dayType: 'workday',
  generation: {
    id: '019ac0a5-8b0e-7c1f-9d3a-2f6f5f0f7a11',
    author: 'offline',
    model: null,
    fallback: null,
    publishedAt: '2026-11-22T20:00:03Z',
  },
  weather: { summary: '多云', condition: 'cloudy', tempMinC: 4, tempMaxC: 11, source: 'seeded' },
  majorEvent: null,
  summary: '一个平常的工作日，上午熟悉新路线，傍晚回公寓打牌。',
};

const exampleDay = {
  ...exampleSummary,
  items: [
    {
      id: '019ac0a5-8b0e-7c1f-9d3a-2f6f5f0f7a12',
      start: '06:40',
      end: '07:10',
      title: '拉伸和收拾屋子',
      category: 'personal',
      priority: 'medium',
      asleep: false,
      location: '她的公寓',
      description: '起床，拉伸，把屋子收拾好。',
      companions: [],
      weatherAffected: false,
      emotionalTags: ['平静'],
      interactionPotential: 'low',
      experiences: [
        {
          id: '019ac0a5-8b0e-7c1f-9d3a-2f6f5f0f7a13',
          start: '06:40',
          end: '07:00',
          content: '德克萨斯在闹钟响第二声之前按住了它。',
          emotions: ['平静'],
          thoughts: '没有做梦。',
          interaction: null,
        },
      ],
    },
  ],
};

export function dayOperations({ store, readers }: Pick<AppDeps, 'store' | 'readers'>): Operation[] {
  return [
    defineOperation({
      id: 'listDays',
      method: 'get',
      path: '/v1/characters/:character/days',
      scope: 'read',
      tag: 'days',
      summary: 'List written days',
      summaryZh: '列出已写好的日程',
      description:
        'Summaries of the live days between two dates, newest first. Pass `nextCursor` as `cursor` for the next page.',
      params: characterParams,
      query: z.strictObject({ ...rangeQuery, ...pageQuery }),
      responses: {
        200: {
          description: 'A page of days.',
          body: z.object({ days: z.array(daySummarySchema), nextCursor }),
          example: { days: [exampleSummary], nextCursor: null },
        },
      },
      problems: ['character_not_found'],
      async respond({ params, query }) {
        assertRange(query);
        const { from, to, limit, cursor: after } = query;
        const { id: character } = await readers.profile(params.character);
        const found = await store.days.list({ character, from, to, after, limit: limit + 1 });
        const { entries, nextCursor } = page(found, limit, ({ date, generation }) => ({
          date,
          id: generation.id,
        }));
        return { status: 200, body: { days: entries, nextCursor } };
      },
    }),
    defineOperation({
      id: 'getDay',
      method: 'get',
      path: '/v1/characters/:character/days/:date',
      scope: 'read',
      tag: 'days',
      summary: 'Get a day with its schedule and experiences',
      summaryZh: '查看某一天的日程和微观经历',
      description:
        'The live day: items cover 00:00-24:00, and every waking item has experiences. Send the `ETag` as ' +
        '`If-None-Match` to get 304 while the day is unchanged. While the database is unavailable a stale ' +
        'response may be returned, marked by `Cache-Status`.',
      params: dayParams,
      headers: z.object({ 'if-none-match': ifNoneMatch }),
      responses: {
        200: {
          description: 'The day.',
          body: daySchema,
          example: exampleDay,
          headers: {
            ETag: 'Identifies these exact bytes.',
            'Cache-Status': '`texas-ai; hit; detail=stale` if the response is out of date.',
          },
        },
        304: { description: 'The client’s copy is current.' },
      },
      problems: ['character_not_found', 'day_not_found'],
      async respond({ params, headers }) {
        const found = await readers.day(params.character, params.date);
        if (found) return { raw: cachedResponse(found, headers['if-none-match']) };
        throw new TexasError('day_not_found', `${params.date} has not been written.`, {
          details: { field: 'date' },
        });
      },
    }),
  ];
}
