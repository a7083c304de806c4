import type { Clock, Temporal } from '@texas-ai/kernel';
import { z } from 'zod';
import type { AppDeps } from '../process/deps.js';
import { defineOperation, type Operation } from '../transport/operation.js';

const connection = z.enum(['connected', 'disconnected']);

const healthSchema = z
  .object({
    status: z.enum(['healthy', 'unhealthy']),
    redis: connection,
    database: connection,
    has_today_schedule: z.boolean().nullable().meta({
      description:
        'Whether every character has a day for her local date; null while the database is unavailable.',
    }),
    last_backup_age_seconds: z.number().int().nullable().meta({
      description:
        'Age of the last good backup; null if there is none or the database is unavailable.',
    }),
    timestamp: z.iso.datetime(),
  })
  .meta({ id: 'Health' });

const workersSchema = z
  .object({
    status: z.enum(['healthy', 'unhealthy']),
    workers: z.array(
      z.object({
        id: z.string().meta({ description: 'As in the log line “worker ready”.' }),
        started_at: z.iso.datetime({ offset: true }),
        queues: z.array(z.string()),
        active_jobs: z.array(
          z.object({
            id: z.string(),
            name: z.string(),
            queue: z.string(),
            started_at: z.iso.datetime({ offset: true }),
          }),
        ),
      }),
    ),
    active_tasks: z.number().int().meta({ description: 'Number of active jobs of all workers.' }),
    neglected_queues: z.array(z.string()).meta({
      description: 'Queues with waiting jobs but no live worker.',
    }),
  })
  .meta({ id: 'FleetHealth' });

const healthyExample = {
  status: 'healthy',
  redis: 'connected',
  database: 'connected',
  has_today_schedule: true,
  last_backup_age_seconds: 36_000,
  timestamp: '2026-11-23T04:00:00Z',
};

const workersExample = {
  status: 'healthy',
  workers: [
    {
      id: '9f86d081',
      started_at: '2026-11-22T19:58:00Z',
      queues: ['author-offline', 'author-gemini', 'days'],
      active_jobs: [
        {
          id: 'plan-day-019ac0a5-8b0e-7c1f-9d3a-2f6f5f0f7a11-1',
          name: 'plan-day',
          queue: 'author-gemini',
          started_at: '2026-11-22T20:00:00Z',
        },
      ],
    },
  ],
  active_tasks: 1,
  neglected_queues: [],
};

/** Public and unlimited. */
export const publicGet = { scope: null, limit: null, tag: 'operation', method: 'get' } as const;

export function healthOperations({
  health,
  clock,
}: Pick<AppDeps, 'health' | 'clock'>): Operation[] {
  return [
    defineOperation({
      ...publicGet,
      id: 'getHealth',
      path: '/health',
      summary: 'Check the health of the system',
      summaryZh: '健康检查',
      description:
        'Checks Redis and the database, each with a timeout of 1.5 s. Results are reused for a second. A ' +
        'missing day alone is not unhealthy.',
      responses: {
        200: {
          description: 'Redis and the database respond.',
          body: healthSchema,
          example: healthyExample,
        },
        503: {
          description: 'At least one of them does not respond.',
          body: healthSchema,
          example: { ...healthyExample, status: 'unhealthy', redis: 'disconnected' },
        },
      },
      problems: [],
      async respond() {
        const [redis, database, today, backupAt] = await Promise.all([
          health.redis(),
          health.database(),
          health.today(),
          health.lastBackupAt(),
        ]);
        const healthy = redis === true && database === true;
        return {
          status: healthy ? 200 : 503,
          headers: noStore,
          body: {
            status: healthy ? 'healthy' : 'unhealthy',
            redis: redis ? 'connected' : 'disconnected',
            database: database ? 'connected' : 'disconnected',
            has_today_schedule: today ?? null,
            last_backup_age_seconds: backupAt ? secondsSince(backupAt, clock) : null,
            timestamp: clock.now().toString(),
          },
        };
      },
    }),
    defineOperation({
      ...publicGet,
      id: 'getWorkers',
      path: '/health/workers',
      summary: 'List live workers',
      summaryZh: '查看工作进程状态',
      description:
        'The workers that reported within the last 15 seconds. Unhealthy while a queue has waiting jobs but ' +
        'no live worker, or while Redis is unavailable.',
      responses: {
        200: {
          description: 'Every queue with waiting jobs has a worker.',
          body: workersSchema,
          example: workersExample,
        },
        503: {
          description: 'A queue has no worker, or Redis is unavailable.',
          body: workersSchema,
          example: {
            status: 'unhealthy',
            workers: [],
            active_tasks: 0,
            neglected_queues: ['author-gemini'],
          },
        },
      },
      problems: [],
      async respond() {
        const state = await health.fleet();
        const { workers, neglected } = state ?? { workers: [], neglected: [] };
        const healthy = state !== undefined && neglected.length === 0;
        return {
          status: healthy ? 200 : 503,
          headers: noStore,
          body: {
            status: healthy ? 'healthy' : 'unhealthy',
            workers: workers.map(({ id, startedAt, queues, activeJobs }) => ({
              id,
              started_at: startedAt,
              queues,
              active_jobs: activeJobs.map(({ startedAt, ...job }) => ({
                ...job,
                started_at: startedAt,
              })),
            })),
            active_tasks: workers.reduce((sum, { activeJobs }) => sum + activeJobs.length, 0),
            neglected_queues: neglected,
          },
        };
      },
    }),
  ];
}

function secondsSince(then: Temporal.Instant, { now }: Clock): number {
  return Math.max(0, Math.round((now().epochMilliseconds - then.epochMilliseconds) / 1000));
}

export const noStore = { 'Cache-Control': 'no-store' };
