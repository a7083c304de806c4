import { localDate, Temporal } from '@texas-ai/kernel';
import { instantText, momentOf, momentSchema } from '@texas-ai/life';
import { z } from 'zod';
import type { AppDeps } from '../process/deps.js';
import { staleHeader } from '../reads/cached-response.js';
import { defineOperation, type Operation } from '../transport/operation.js';
import { characterParams } from './parameters.js';

export function momentOperations({
  readers,
  clock,
}: Pick<AppDeps, 'readers' | 'clock'>): Operation[] {
  return [
    defineOperation({
      id: 'getMoment',
      method: 'get',
      path: '/v1/characters/:character/now',
      scope: 'read',
      tag: 'days',
      summary: 'Get what the character is doing now',
      summaryZh: '她此刻在做什么',
      description:
        'The schedule item and the experience at an instant, by default now. Never empty: until the day is ' +
        'written she is still asleep, and `written` is false.',
      params: characterParams,
      query: z.strictObject({
        at: instantText.optional().meta({
          format: 'date-time',
          description: 'The instant; default now.',
          example: '2026-11-23T21:30:00+08:00',
        }),
      }),
      responses: {
        200: {
          description: 'The moment.',
          body: momentSchema,
          headers: {
            'Cache-Status': '`texas-ai; hit; detail=stale` if the day is out of date.',
          },
          example: {
            character: 'texas',
            timeZone: 'Asia/Shanghai',
            at: '2026-11-23T03:00:00+08:00',
            date: '2026-11-23',
            written: false,
            asleep: true,
            author: null,
            item: {
              start: '00:00',
              end: '24:00',
              title: '还在睡',
              category: 'rest',
              priority: 'low',
              asleep: true,
              location: '她的公寓',
              description: '今天的日程还没有写好，她还在睡。',
              companions: [],
              weatherAffected: false,
              emotionalTags: ['安静'],
              interactionPotential: 'low',
            },
            experience: null,
          },
        },
      },
      problems: ['character_not_found'],
      async respond({ params, query }) {
        const profile = await readers.profile(params.character);
        const instant = query.at === undefined ? clock.now() : Temporal.Instant.from(query.at);
        const found = await readers.day(profile.id, localDate(instant, profile.timeZone));
        return {
          status: 200,
          headers: found?.stale ? staleHeader : {},
          body: momentOf(profile, found && readers.dayOf(found.entry), instant),
        };
      },
    }),
  ];
}
