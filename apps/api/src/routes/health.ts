import type { Clock, Temporal } from '@texas-ai/kernel';
import { z } from 'zod';
import type { AppDeps } from '../process/deps.js';
import { defineOperation, type Operation } from '../transport/operation.js';

const readySchema = z
  .object({ status: z.enum(['ready', 'unready']), reason: z.string().nullable() })
  .meta({ id: 'Readiness' });

const connection = z.enum(['connected', 'disconnected']);

const healthSchema = z
  .object({
    status: z.enum(['healthy', 'unhealthy']),
    redis: connection,
    database: connection,
    has_today_schedule: z.boolean().nullable().meta({
      description:
        'Whether every character has a day for what is today where she lives; null while the database is away.',
    }),
    last_backup_age_seconds: z.number().int().nullable().meta({
      description: 'Of the last good backup; null where there is none or the database is away.',
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
    active_tasks: z.number().int().meta({ description: 'Active jobs of all workers together.' }),
    neglected_queues: z.array(z.string()).meta({
      description: 'Queues in which jobs wait although no live worker works them.',
    }),
  })
  .meta({ id: 'FleetHealth' });

const healthy = {
  status: 'healthy',
  redis: 'connected',
  database: 'connected',
  has_today_schedule: true,
  last_backup_age_seconds: 36_000,
  timestamp: '2026-11-23T04:00:00Z',
};

const fleet = {
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

const open = { scope: null, limit: null, tag: 'operation', method: 'get' } as const;

export function healthOperations({
  readiness,
  health,
  clock,
}: Pick<AppDeps, 'readiness' | 'health' | 'clock'>): Operation[] {
  return [
    defineOperation({
      ...open,
      id: 'getHealth',
      path: '/health',
      summary: 'Whether the system is well',
      summaryZh: '健康检查',
      description:
        'Asks Redis and the database, each for 1.5 s at most, so that one that hangs is told of within 2 s. ' +
        'Answers are shared for a second. A missing day alone is not unhealthy.',
      answers: {
        200: {
          description: 'Redis and the database answer.',
          body: healthSchema,
          example: healthy,
        },
        503: {
          description: 'One of them does not.',
          body: healthSchema,
          example: { ...healthy, status: 'unhealthy', redis: 'disconnected' },
        },
      },
      problems: [],
      async answer() {
        const [redis, database, today, backupAt] = await Promise.all([
          health.redis(),
          health.database(),
          health.today(),
          health.lastBackupAt(),
        ]);
        const well = redis === true && database === true;
        return {
          status: well ? 200 : 503,
          headers: uncached,
          body: {
            status: well ? 'healthy' : 'unhealthy',
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
      ...open,
      id: 'getWorkers',
      path: '/health/workers',
      summary: 'Who works',
      summaryZh: '查看工作进程状态',
      description:
        'The live workers, as each described itself within the last 15 seconds. Unhealthy when jobs wait ' +
        'in a queue that nobody works, or when Redis does not tell.',
      answers: {
        200: { description: 'No queue is neglected.', body: workersSchema, example: fleet },
        503: {
          description: 'Jobs wait and nobody works, or Redis is away.',
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
      async answer() {
        const state = await health.fleet();
        const { workers, neglected } = state ?? { workers: [], neglected: [] };
        const well = state !== undefined && neglected.length === 0;
        return {
          status: well ? 200 : 503,
          headers: uncached,
          body: {
            status: well ? 'healthy' : 'unhealthy',
            workers: workers.map(({ id, startedAt, queues, activeJobs }) => ({
              id,
              started_at: startedAt,
              queues,
              active_jobs: activeJobs.map(({ startedAt: started_at, ...job }) => ({
                ...job,
                started_at,
              })),
            })),
            active_tasks: workers.reduce((sum, { activeJobs }) => sum + activeJobs.length, 0),
            neglected_queues: neglected,
          },
        };
      },
    }),
    defineOperation({
      ...open,
      id: 'getLive',
      path: '/health/live',
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
        return { status: 200, headers: uncached, body: { status: 'live' } };
      },
    }),
    defineOperation({
      ...open,
      id: 'getReady',
      path: '/health/ready',
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
          ? { status: 200, headers: uncached, body: { status: 'ready', reason } }
          : { status: 503, headers: uncached, body: { status: 'unready', reason } };
      },
    }),
  ];
}

function secondsSince(then: Temporal.Instant, { now }: Clock): number {
  return Math.max(0, Math.round((now().epochMilliseconds - then.epochMilliseconds) / 1000));
}

const uncached = { 'Cache-Control': 'no-store' };
