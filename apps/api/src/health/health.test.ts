import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { makeFleet, makeProducer, untilReady } from '@texas-ai/jobs';
import { makeProbe } from '@texas-ai/telemetry';
import { buildProfile, fakeOnly, until } from '@texas-ai/testing';
import request from 'supertest';
import { startTestApi, type TestApi } from '../../test/test-api.js';
import { makeHealthProbes } from './health-probes.js';

describe('the health routes', () => {
  let api: TestApi;
  type Checks = Parameters<typeof makeHealthProbes>[0] & {
    pingDatabase(): Promise<unknown>;
    pingRedis(): Promise<unknown>;
  };
  /** Requests a path with new probes, which share no earlier result. */
  async function fresh(path: string, others: Partial<Checks> = {}) {
    const { database, store, queues, clock } = api.deps;
    const { connection } = queues;
    const { pingDatabase, pingRedis, ...checks }: Checks = {
      pingDatabase: async () => database.raw('SELECT 1'),
      pingRedis: () => queues.assertWritable(),
      charactersWithoutToday: () => store.days.charactersWithout(clock.now()),
      lastBackupAt: async () => null,
      fleet: makeFleet({ connection, prefix: api.prefix }),
      queues,
      ...others,
    };
    const health = {
      database: makeProbe(() => pingDatabase().then(() => true as const)),
      redis: makeProbe(() => pingRedis().then(() => true as const)),
      ...makeHealthProbes(checks),
    };
    const url = await api.listen({ health });
    const { status, body } = await request(url).get(path);
    return { status, body };
  }

  beforeAll(async () => {
    api = await startTestApi();
    await untilReady(api.deps.queues.connection);
  });
  afterAll(() => api.close());
  afterEach(() => void jest.useRealTimers());

  it('report whether every character has a day for her local date', async () => {
    const before = await fresh('/health');
    expect(before.status).toBe(200);
    expect(before.body).toEqual({
      status: 'healthy',
      redis: 'connected',
      database: 'connected',
      has_today_schedule: false,
      last_backup_age_seconds: null,
      timestamp: '2026-11-23T04:00:00Z',
    });
    await api.post('/v1/characters/texas/days/2026-11-23/generations');
    await api.work();
    expect((await fresh('/health')).body.has_today_schedule).toBe(true);
    // 20:00 of the 22nd in Los Angeles.
    await api.db.store.characters.synchronise([
      { profile: buildProfile('en', { id: 'far', timeZone: 'America/Los_Angeles' }), hash: 'far' },
    ]);
    expect((await fresh('/health')).body.has_today_schedule).toBe(false);
    await api.post('/v1/characters/far/days/2026-11-22/generations');
    await api.work();
    expect((await fresh('/health')).body.has_today_schedule).toBe(true);
  });

  it('respond within 2 s while everything hangs', async () => {
    jest.useFakeTimers(fakeOnly('setTimeout', 'clearTimeout'));
    let hanging = 0;
    const hangs = () => {
      hanging += 1;
      return new Promise<never>(() => undefined);
    };
    const asked = Promise.all([
      fresh('/health', { pingDatabase: hangs, pingRedis: hangs, charactersWithoutToday: hangs }),
      fresh('/health/workers', { queues: { waiting: hangs } }),
    ]);
    await until(() => hanging === 4);
    await jest.advanceTimersByTimeAsync(2_000);
    const [health, workers] = await asked;
    expect(health.status).toBe(503);
    expect(health.body).toMatchObject({
      status: 'unhealthy',
      redis: 'disconnected',
      database: 'disconnected',
      has_today_schedule: null,
    });
    expect(workers).toEqual({
      status: 503,
      body: { status: 'unhealthy', workers: [], active_tasks: 0, neglected_queues: [] },
    });
  });

  it('are unhealthy while Redis or the database is unavailable', async () => {
    const away = () => Promise.reject(new Error('away'));
    const redis = await fresh('/health', { pingRedis: away });
    expect([redis.status, redis.body.redis, redis.body.database]).toEqual([
      503,
      'disconnected',
      'connected',
    ]);
    const database = await fresh('/health', { pingDatabase: away });
    expect([database.status, database.body.redis, database.body.database]).toEqual([
      503,
      'connected',
      'disconnected',
    ]);
  });

  it('list the workers, and are unhealthy while a queue has no worker', async () => {
    const { queues } = api.deps;
    const fleet = makeFleet({ connection: queues.connection, prefix: api.prefix });
    expect((await fresh('/health/workers')).status).toBe(200);
    await makeProducer(queues).enqueue([
      {
        kind: 'plan-day',
        generationId: '019ac0a5-8b0e-7c1f-9d3a-2f6f5f0f7a11',
        run: 1,
        author: 'offline',
        askedBy: 'person',
        requestId: null,
      },
    ]);
    const alone = await fresh('/health/workers');
    expect([alone.status, alone.body.neglected_queues]).toEqual([503, ['author-offline']]);
    const startedAt = '2026-11-23T00:00:00Z';
    const activeJobs = [{ id: 'j', name: 'plan-day', queue: 'author-offline', startedAt }];
    await fleet.report({ id: 'w1', startedAt, queues: ['author-offline'], activeJobs });
    expect(await fresh('/health/workers')).toEqual({
      status: 200,
      body: {
        status: 'healthy',
        workers: [
          {
            id: 'w1',
            started_at: startedAt,
            queues: ['author-offline'],
            active_jobs: [
              { id: 'j', name: 'plan-day', queue: 'author-offline', started_at: startedAt },
            ],
          },
        ],
        active_tasks: 1,
        neglected_queues: [],
      },
    });
    await fleet.report({ id: 'w1', startedAt, queues: ['days'], activeJobs: [] });
    expect((await fresh('/health/workers')).status).toBe(503);
  });
});
