import { z } from 'zod';
import type { AppDeps } from '../process/deps.js';
import { defineOperation, type Operation } from '../transport/operation.js';
import { noStore, publicGet } from './health.js';

const readySchema = z
  .object({ status: z.enum(['ready', 'unready']), reason: z.string().nullable() })
  .meta({ id: 'Readiness' });

/** Liveness and readiness, for supervisors and load balancers. */
export function probeOperations({ readiness }: Pick<AppDeps, 'readiness'>): Operation[] {
  return [
    defineOperation({
      ...publicGet,
      id: 'getLive',
      path: '/health/live',
      summary: 'Liveness probe',
      summaryZh: '进程是否存活',
      description: 'Depends on nothing else; for supervisors that restart processes.',
      responses: {
        200: {
          description: 'The process is alive.',
          body: z.object({ status: z.literal('live') }),
          example: { status: 'live' },
        },
      },
      problems: [],
      async respond() {
        return { status: 200, headers: noStore, body: { status: 'live' } };
      },
    }),
    defineOperation({
      ...publicGet,
      id: 'getReady',
      path: '/health/ready',
      summary: 'Readiness probe',
      summaryZh: '进程能否提供服务',
      description:
        'Not ready until the database is up to date, while PostgreSQL or Redis is unavailable, and during shutdown.',
      responses: {
        200: {
          description: 'Ready.',
          body: readySchema,
          example: { status: 'ready', reason: null },
        },
        503: {
          description: 'Not ready, with the reason.',
          body: readySchema,
          example: { status: 'unready', reason: 'no response from redis' },
        },
      },
      problems: [],
      async respond() {
        const reason = await readiness.reasonNotReady();
        return reason === null
          ? { status: 200, headers: noStore, body: { status: 'ready', reason } }
          : { status: 503, headers: noStore, body: { status: 'unready', reason } };
      },
    }),
  ];
}
