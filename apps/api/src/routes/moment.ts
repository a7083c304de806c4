import { Temporal } from '@texas-ai/kernel';
import { instantText, momentOf, momentSchema, whenIs } from '@texas-ai/life';
import { z } from 'zod';
import type { AppDeps } from '../process/deps.js';
import { staleHeader } from '../reads/send-cached.js';
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
      summary: 'What the character is doing now',
      summaryZh: '她此刻在做什么',
      description:
        'The schedule item and the experience at one instant, by default now. Never empty: before ' +
        'the day is written she sleeps on, and `written` is false.',
      params: characterParams,
      query: z.strictObject({
        at: instantText.optional().meta({
          format: 'date-time',
          description: 'Another instant than now.',
          example: '2026-11-23T21:30:00+08:00',
        }),
      }),
      answers: {
        200: {
          description: 'The moment.',
          body: momentSchema,
          headers: {
            'Cache-Status':
              '`texas-ai; hit; detail=stale` where the day is older than it should be.',
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
      async answer({ params, query }) {
        const profile = await readers.profile(params.character);
        const instant = query.at === undefined ? clock.now() : Temporal.Instant.from(query.at);
        const { date } = whenIs(instant, profile.timeZone);
        const found = await readers.day(profile.id, date);
        return {
          status: 200,
          headers: found?.stale ? staleHeader : {},
          body: momentOf(profile, found && readers.dayOf(found.entry), instant),
        };
      },
    }),
  ];
}
