import { Temporal } from '@texas-ai/kernel';
import { momentOf, momentSchema, whenIs } from '@texas-ai/life';
import { z } from 'zod';
import type { AppDeps } from '../app.js';
import { defineRoute, type Route } from '../route.js';
import { profileOf } from './characters.js';

export function momentRoutes({ store, clock }: Pick<AppDeps, 'store' | 'clock'>): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/v1/characters/:character/now',
      scope: 'read',
      params: z.strictObject({ character: z.string() }),
      query: z.strictObject({
        at: z.iso
          .datetime({ offset: true, error: 'an instant with an offset, RFC 3339' })
          .optional(),
      }),
      response: momentSchema,
      async answer({ params, query }) {
        const profile = await profileOf(store, params.character);
        const instant = query.at === undefined ? clock.now() : Temporal.Instant.from(query.at);
        const { date } = whenIs(instant, profile.timeZone);
        const day = await store.days.find(profile.id, date);
        return { status: 200, body: momentOf(profile, day, instant) };
      },
    }),
  ];
}
