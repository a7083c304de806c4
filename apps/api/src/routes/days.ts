import { TexasError } from '@texas-ai/kernel';
import { dateText, daySchema, daySummarySchema } from '@texas-ai/life';
import { z } from 'zod';
import type { AppDeps } from '../app.js';
import { defineRoute, type Route } from '../route.js';
import { profileOf } from './characters.js';

export function dayRoutes({ store }: Pick<AppDeps, 'store'>): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/v1/characters/:character/days',
      scope: 'read',
      params: z.strictObject({ character: z.string() }),
      query: z.strictObject({
        from: dateText.optional(),
        to: dateText.optional(),
        limit: z.coerce.number().int().min(1).max(100).default(30),
        cursor: dateText.optional(),
      }),
      response: z.object({
        days: z.array(daySummarySchema),
        /** Where the next page begins; null on the last one. */
        nextCursor: z.string().nullable(),
      }),
      async answer({ params, query }) {
        const { from, to, limit, cursor: before } = query;
        await profileOf(store, params.character);
        const found = await store.days.list({
          character: params.character,
          from,
          to,
          before,
          limit: limit + 1,
        });
        const days = found.slice(0, limit);
        const nextCursor = found.length > limit ? (days.at(-1)?.date ?? null) : null;
        return { status: 200, body: { days, nextCursor } };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/v1/characters/:character/days/:date',
      scope: 'read',
      params: z.strictObject({ character: z.string(), date: dateText }),
      response: daySchema,
      async answer({ params }) {
        const day = await store.days.find(params.character, params.date);
        if (day) return { status: 200, body: day };
        await profileOf(store, params.character);
        throw new TexasError('day_not_found', `${params.date} is not written.`, {
          details: { field: 'date' },
        });
      },
    }),
  ];
}
