import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { internalKey as key, startTestApi, type TestApi } from '../../test/test-api.js';
import { problemSchema } from './problem.js';

const today = '2026-11-23';
let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const get = (path: string) => request(api.url).get(path).set('Authorization', `Bearer ${key}`);

describe('keys', () => {
  test.each([
    ['no key', undefined],
    ['a wrong key', 'Bearer wrong'],
    ['another scheme', `Basic ${key}`],
  ])('%s is rejected everywhere except on the health routes', async (_name, authorization) => {
    for (const path of ['/v1/characters', '/v1/nothing', `/v1/characters/texas/days/${today}`]) {
      const asking = request(api.url).get(path);
      const response = await (authorization ? asking.set('Authorization', authorization) : asking);
      expect(response.status).toBe(401);
      expect(response.headers['www-authenticate']).toMatch(/^Bearer/);
      expect(problemSchema.parse(response.body).code).toBe('unauthorized');
    }
    expect((await request(api.url).get('/health/live')).status).toBe(200);
  });
});

describe('health', () => {
  test('readiness is reported with its reason', async () => {
    const ready = () => request(api.url).get('/health/ready');
    expect((await ready()).body).toEqual({ status: 'ready', reason: null });
    api.queues.away = true;
    const response = await ready();
    expect([response.status, response.body]).toEqual([
      503,
      { status: 'unready', reason: 'no response from redis' },
    ]);
    api.queues.away = false;
    api.deps.readiness.draining = true;
    expect((await ready()).status).toBe(503);
    api.deps.readiness.draining = false;
  });

  test('every other route is 503 until the database is up to date', async () => {
    api.deps.readiness.started = false;
    const response = await get('/v1/characters');
    api.deps.readiness.started = true;
    expect([response.status, response.body.code]).toEqual([503, 'storage_unavailable']);
  });
});

test('an unexpected error is a 500 without secrets, and one error line', async () => {
  const { store } = api.deps;
  const broken = {
    ...store.characters,
    list: async () => Promise.reject(new Error('password=hunter2')),
  };
  const url = await api.listen({ store: { ...store, characters: broken } });
  api.logger.lines.length = 0;
  const response = await request(url).get('/v1/characters').set('Authorization', `Bearer ${key}`);
  expect(response.status).toBe(500);
  expect(JSON.stringify(response.body)).not.toContain('hunter2');
  expect(problemSchema.parse(response.body).code).toBe('internal_error');
  expect(api.logger.lines.filter((line) => line.level === 'error')).toHaveLength(1);
});
