import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { TexasError } from '@texas-ai/kernel';
import { dayKey, makeReadCache } from '@texas-ai/storage';
import { testServices } from '@texas-ai/testing';
import { Redis } from 'ioredis';
import request from 'supertest';
import { internalKey, startTestApi, type TestApi } from '../../test/test-api.js';
import { makeReaders } from './readers.js';

const path = '/v1/characters/texas/days/2026-11-23';
let api: TestApi;
let connection: Redis;

beforeAll(async () => {
  api = await startTestApi();
  await api.post(`${path}/generations`);
  await api.work();
  connection = new Redis(testServices().redisUrl);
});
afterAll(async () => {
  connection.disconnect();
  await api.close();
});

it('a stale day is served and marked while the database is unavailable', async () => {
  let away = false;
  const { store } = api.db;
  const failingWhileAway =
    <Values extends unknown[], T>(ask: (...values: Values) => Promise<T>) =>
    async (...values: Values): Promise<T> => {
      if (away) throw new TexasError('storage_unavailable', 'The database does not respond.');
      return ask(...values);
    };
  const cache = makeReadCache({ connection, logger: api.logger, prefix: `${api.prefix}:stale` });
  const readers = makeReaders({
    cache,
    store: {
      days: { ...store.days, find: failingWhileAway(store.days.find) },
      characters: { ...store.characters, find: failingWhileAway(store.characters.find) },
      majorEvents: store.majorEvents,
    },
  });
  const url = await api.listen({ readers });
  const ask = (target = path) =>
    request(url).get(target).set('authorization', `Bearer ${internalKey}`);

  const moment = '/v1/characters/texas/now?at=2026-11-23T04:00:00Z';
  expect((await ask(moment)).headers).not.toHaveProperty('cache-status');
  const fresh = await ask();
  expect(fresh.headers).not.toHaveProperty('cache-status');
  away = true;
  // Cached, and still current.
  expect((await ask()).headers).not.toHaveProperty('cache-status');
  await cache.drop(dayKey('texas', '2026-11-23'));
  for (const _time of [1, 2]) {
    const stale = await ask();
    expect([stale.status, stale.text]).toEqual([200, fresh.text]);
    expect(stale.headers['cache-status']).toBe('texas-ai; hit; detail=stale');
  }
  const then = await ask(moment);
  expect([then.status, then.headers['cache-status']]).toEqual([200, 'texas-ai; hit; detail=stale']);
  const unknown = await ask('/v1/characters/texas/days/2026-11-24');
  expect([unknown.status, unknown.body.code]).toEqual([503, 'storage_unavailable']);
  expect(Number(unknown.headers['retry-after'])).toBeGreaterThan(0);
  await cache.close();
});
