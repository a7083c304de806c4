import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { daySchema, daySummarySchema, generationSchema, momentSchema } from '@texas-ai/life';
import request from 'supertest';
import { z } from 'zod';
import { internalKey as key, startTestApi, type TestApi } from '../../test/test-api.js';

const today = '2026-11-23';
let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const get = (path: string) => request(api.url).get(path).set('Authorization', `Bearer ${key}`);
const post = (path: string) => request(api.url).post(path).set('Authorization', `Bearer ${key}`);
const generationsOf = (date: string) => `/v1/characters/texas/days/${date}/generations`;

describe('a day over HTTP', () => {
  test('is requested, followed and read, with its moments', async () => {
    const accepted = await post(generationsOf(today)).set('X-Request-Id', 'my-request');
    expect(accepted.status).toBe(202);
    const generation = generationSchema.parse(accepted.body);
    expect(accepted.headers.location).toBe(`/v1/generations/${generation.id}`);
    expect(accepted.headers['x-request-id']).toBe('my-request');
    expect(api.steps.waiting[0]?.requestId).toBe('my-request');
    expect(generation).toMatchObject({ status: 'queued', character: 'texas', date: today });

    const again = await post(generationsOf(today)).send({ fresh: false });
    expect(again.body.id).toBe(generation.id);

    const early = await get(`/v1/characters/texas/days/${today}`);
    expect(early.status).toBe(404);
    expect(early.body).toMatchObject({ code: 'day_not_found', errors: [{ field: 'date' }] });

    await api.work();
    const followed = await get(`/v1/generations/${generation.id}`);
    expect(followed.body).toMatchObject({
      status: 'published',
      chapters: { total: 4, written: 4 },
    });

    const day = await get(`/v1/characters/texas/days/${today}`);
    expect(day.status).toBe(200);
    expect(daySchema.parse(day.body).generation.id).toBe(generation.id);
    const same = await get(`/v1/characters/texas/days/${today}`).set(
      'If-None-Match',
      String(day.headers.etag),
    );
    expect(same.status).toBe(304);

    const now = await get('/v1/characters/texas/now');
    // 04:00 UTC is noon in Shanghai.
    expect(momentSchema.parse(now.body)).toMatchObject({
      written: true,
      asleep: false,
      at: '2026-11-23T12:00:00+08:00',
      author: 'offline',
    });
    expect(now.body.experience.start <= '12:00' && '12:00' < now.body.experience.end).toBe(true);
    const night = await get('/v1/characters/texas/now').query({ at: '2026-11-23T02:00:00+08:00' });
    expect(night.body).toMatchObject({ written: true, asleep: true, item: { start: '00:00' } });
    const unwritten = await get('/v1/characters/texas/now').query({ at: '2026-11-24T02:00:00Z' });
    expect(unwritten.body).toMatchObject({ written: false, asleep: true, date: '2026-11-24' });
  });

  test('is listed newest first, by range and by page', async () => {
    for (const date of ['2026-11-20', '2026-11-21', '2026-11-22']) {
      expect((await post(generationsOf(date))).status).toBe(202);
    }
    await api.work();
    const list = z.object({ days: z.array(daySummarySchema), nextCursor: z.string().nullable() });
    const first = list.parse((await get('/v1/characters/texas/days?limit=2')).body);
    expect(first.days.map((day) => day.date)).toEqual([today, '2026-11-22']);
    const second = list.parse(
      (await get(`/v1/characters/texas/days?limit=2&cursor=${first.nextCursor}`)).body,
    );
    expect(second.days.map((day) => day.date)).toEqual(['2026-11-21', '2026-11-20']);
    expect(second.nextCursor).toBeNull();
    const range = await get('/v1/characters/texas/days?from=2026-11-21&to=2026-11-22');
    expect(range.body.days.map((day: { date: string }) => day.date)).toEqual([
      '2026-11-22',
      '2026-11-21',
    ]);
  });

  test('is cancelled by DELETE, idempotently', async () => {
    const { body } = await post(generationsOf('2026-11-25'));
    const remove = () =>
      request(api.url).delete(`/v1/generations/${body.id}`).set('Authorization', `Bearer ${key}`);
    expect((await remove()).body).toMatchObject({ id: body.id, status: 'cancelled' });
    expect((await remove()).status).toBe(200);
    api.steps.waiting.length = 0;
  });
});
