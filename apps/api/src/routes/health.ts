import { z } from 'zod';
import type { AppDeps } from '../app.js';
import { defineRoute, type Route } from '../route.js';

export function healthRoutes({ readiness }: Pick<AppDeps, 'readiness'>): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/health/live',
      scope: 'none',
      response: z.object({ status: z.literal('live') }),
      async answer() {
        return { status: 200, body: { status: 'live' } };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/health/ready',
      scope: 'none',
      response: z.object({ status: z.enum(['ready', 'unready']), reason: z.string().nullable() }),
      async answer() {
        const reason = await readiness.reasonNotReady();
        return reason === null
          ? { status: 200, body: { status: 'ready', reason } }
          : { status: 503, body: { status: 'unready', reason } };
      },
    }),
  ];
}
