import { TexasError } from '@texas-ai/kernel';
import { daySchema, daySummarySchema } from '@texas-ai/life';
import { z } from 'zod';
import type { AppDeps } from '../process/deps.js';
import { answerCached } from '../reads/send-cached.js';
import { defineOperation, type Operation } from '../transport/operation.js';
import { assertRange, nextCursor, page, pageQuery, rangeQuery } from './page.js';
import { characterParams, dayParams, ifNoneMatch } from './parameters.js';

const summary = {
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

const day = {
  ...summary,
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
      summary: 'Written days, newest first',
      summaryZh: '列出已写好的日程，新的在前',
      description:
        'Summaries of the live days between two dates, page by page: `nextCursor` is the next page’s `cursor`.',
      params: characterParams,
      query: z.strictObject({ ...rangeQuery, ...pageQuery }),
      answers: {
        200: {
          description: 'A page of days.',
          body: z.object({ days: z.array(daySummarySchema), nextCursor }),
          example: { days: [summary], nextCursor: null },
        },
      },
      problems: ['character_not_found'],
      async answer({ params, query }) {
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
      summary: 'One day, with its schedule and experiences',
      summaryZh: '查看某一天的日程和微观经历',
      description:
        'The live day: items cover 00:00-24:00, experiences every waking item. Send the `ETag` back as ' +
        '`If-None-Match` to be told 304 while nothing has changed. While the database is away an older ' +
        'answer may come, marked by `Cache-Status`.',
      params: dayParams,
      headers: z.object({
        'if-none-match': ifNoneMatch,
      }),
      answers: {
        200: {
          description: 'The day.',
          body: daySchema,
          example: day,
          headers: {
            ETag: 'Names these very bytes.',
            'Cache-Status':
              '`texas-ai; hit; detail=stale` where the answer is older than it should be.',
          },
        },
        304: { description: 'The client has this day already.' },
      },
      problems: ['character_not_found', 'day_not_found'],
      async answer({ params, headers }) {
        const found = await readers.day(params.character, params.date);
        if (found) return { ready: answerCached(found, headers['if-none-match']) };
        throw new TexasError('day_not_found', `${params.date} is not written.`, {
          details: { field: 'date' },
        });
      },
    }),
  ];
}
