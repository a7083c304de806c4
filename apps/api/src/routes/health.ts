import { z } from 'zod';
import type { AppDeps } from '../app.js';
import { defineOperation, type Operation } from '../operation.js';

export function healthOperations({ readiness }: Pick<AppDeps, 'readiness'>): Operation[] {
  const readySchema = z.object({
    status: z.enum(['ready', 'unready']),
    reason: z.string().nullable(),
  });
  return [
    defineOperation({
      id: 'getLive',
      method: 'get',
      path: '/health/live',
      scope: null,
      limit: null,
      tag: 'operation',
      summary: 'Whether the process runs',
      summaryZh: '进程是否存活',
      description: 'Says so without asking anything else; for whoever restarts processes.',
      answers: {
        200: {
          description: 'It runs.',
          body: z.object({ status: z.literal('live') }),
          example: { status: 'live' },
        },
      },
      problems: [],
      async answer() {
        return { status: 200, body: { status: 'live' } };
      },
    }),
    defineOperation({
      id: 'getReady',
      method: 'get',
      path: '/health/ready',
      scope: null,
      limit: null,
      tag: 'operation',
      summary: 'Whether the process can serve',
      summaryZh: '进程能否提供服务',
      description:
        'Not before the database is up to date, not while PostgreSQL or Redis is away, not while it stops.',
      answers: {
        200: {
          description: 'It can.',
          body: readySchema,
          example: { status: 'ready', reason: null },
        },
        503: {
          description: 'It cannot, and why.',
          body: readySchema,
          example: { status: 'unready', reason: 'no answer from redis' },
        },
      },
      problems: [],
      async answer() {
        const reason = await readiness.reasonNotReady();
        return reason === null
          ? { status: 200, body: { status: 'ready', reason } }
          : { status: 503, body: { status: 'unready', reason } };
      },
    }),
  ];
}
