import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { daySchema, daySummarySchema, generationSchema, momentSchema } from '@texas-ai/life';
import { buildProfile } from '@texas-ai/testing';
import request from 'supertest';
import { z } from 'zod';
import { internalKey as key, startTestApi, type TestApi } from '../../test/test-api.js';
import { problemSchema } from './problem.js';

const today = '2026-11-23';
let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const get = (path: string) => request(api.url).get(path).set('Authorization', `Bearer ${key}`);
const post = (path: string) => request(api.url).post(path).set('Authorization', `Bearer ${key}`);
const generationsOf = (date: string, character = 'texas') =>
  `/v1/characters/${character}/days/${date}/generations`;

async function countGenerations(): Promise<number> {
  const rows = await api.db.database('generations').count({ count: '*' });
  return Number(rows[0]?.count);
}

describe('the way of a day over HTTP', () => {
  test('POST, follow, GET the day, its moment and the list', async () => {
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

  test('the list is newest first, by range and by page', async () => {
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

  test('DELETE cancels; cancelling twice is as good as once', async () => {
    const { body } = await post(generationsOf('2026-11-25'));
    const remove = () =>
      request(api.url).delete(`/v1/generations/${body.id}`).set('Authorization', `Bearer ${key}`);
    expect((await remove()).body).toMatchObject({ id: body.id, status: 'cancelled' });
    expect((await remove()).status).toBe(200);
    api.steps.waiting.length = 0;
  });

  test('characters are listed page by page, without their material', async () => {
    const { body } = await get('/v1/characters');
    expect(body.characters).toMatchObject([{ id: 'texas', timeZone: 'Asia/Shanghai' }]);
    expect(body.nextCursor).toBeNull();
    expect(body.characters[0].work).toBeUndefined();
    expect((await get('/v1/characters/texas')).body.id).toBe('texas');

    const other = { profile: buildProfile('zh', { id: 'angelina' }), hash: 'other' };
    await api.db.store.characters.synchronise([other]);
    const first = (await get('/v1/characters?limit=1')).body;
    const second = (await get(`/v1/characters?limit=1&cursor=${first.nextCursor}`)).body;
    expect([first, second].map(({ characters }) => characters[0].id)).toEqual([
      'angelina',
      'texas',
    ]);
    expect(second.nextCursor).toBeNull();
    expect((await get('/v1/characters?cursor=x')).status).toBe(400);
    await api.db.database('characters').where({ id: 'angelina' }).delete();
  });
});

describe('bad input', () => {
  const cases: [string, () => request.Test, number, string, string | null][] = [
    [
      'a date that does not exist',
      () => post(generationsOf('2025-02-30')),
      400,
      'invalid_request',
      'date',
    ],
    [
      'a date in another form',
      () => post(generationsOf('12%2F12%2F2025')),
      400,
      'invalid_request',
      'date',
    ],
    ['an empty date', () => post(generationsOf('')), 400, 'invalid_request', 'date'],
    ['a blank date', () => post(generationsOf('%20')), 400, 'invalid_request', 'date'],
    [
      'a date too long ago',
      () => post(generationsOf('2025-11-01')),
      422,
      'date_out_of_window',
      'date',
    ],
    [
      'a date too far ahead',
      () => post(generationsOf('2027-01-01')),
      422,
      'date_out_of_window',
      'date',
    ],
    [
      'an unknown character',
      () => post(generationsOf(today, 'nobody')),
      404,
      'character_not_found',
      'character',
    ],
    [
      'malformed JSON',
      () => json(post(generationsOf(today)), '{"fresh":'),
      400,
      'malformed_json',
      'body',
    ],
    [
      'JSON that is no object',
      () => json(post(generationsOf(today)), '[1]'),
      400,
      'invalid_request',
      'body',
    ],
    [
      'an unknown field',
      () => post(generationsOf(today)).send({ frehs: true }),
      400,
      'invalid_request',
      'frehs',
    ],
    [
      'a field of another type',
      () => post(generationsOf(today)).send({ fresh: 'yes' }),
      400,
      'invalid_request',
      'fresh',
    ],
    [
      'a large body',
      () => post(generationsOf(today)).send({ x: 'y'.repeat(101 * 1024) }),
      413,
      'body_too_large',
      'body',
    ],
    [
      'a body that is not JSON',
      () => post(generationsOf(today)).type('text').send('fresh'),
      415,
      'unsupported_media_type',
      'Content-Type',
    ],
    [
      'a broken Idempotency-Key',
      () => post(generationsOf(today)).set('Idempotency-Key', 'x'.repeat(256)),
      400,
      'invalid_request',
      'Idempotency-Key',
    ],
    [
      'an unknown query parameter',
      () => get('/v1/characters/texas/days?form=2026-01-01'),
      400,
      'invalid_request',
      'form',
    ],
    [
      'a limit out of range',
      () => get('/v1/characters/texas/days?limit=0'),
      400,
      'invalid_request',
      'limit',
    ],
    ['a generation id that is none', () => get('/v1/generations/1'), 400, 'invalid_request', 'id'],
    [
      'an unknown generation',
      () => get('/v1/generations/019aafe0-0000-7000-8000-000000000000'),
      404,
      'generation_not_found',
      'id',
    ],
    [
      'an instant without offset',
      () => get('/v1/characters/texas/now?at=2026-11-23T10:00:00'),
      400,
      'invalid_request',
      'at',
    ],
    [
      'an instant that does not exist',
      () => get('/v1/characters/texas/now?at=2026-02-30T10:00:00Z'),
      400,
      'invalid_request',
      'at',
    ],
    ['a broken escape', () => get('/v1/characters/%E0%A4%A/days'), 400, 'invalid_request', null],
    ['an unknown address', () => get('/v1/nothing'), 404, 'route_not_found', null],
    ['a wrong method', () => post('/v1/characters/texas/now'), 405, 'method_not_allowed', null],
  ];

  test.each(cases)('%s', async (_name, send, status, code, field) => {
    const before = await countGenerations();
    const response = await send();
    expect([response.status, response.body.code]).toEqual([status, code]);
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    const problem = problemSchema.parse(response.body);
    expect(problem.errors?.map((error) => error.field) ?? [null]).toContain(field);
    expect(await countGenerations()).toBe(before);
    expect(api.steps.waiting).toHaveLength(0);
  });

  test('a wrong method says which are right', async () => {
    const response = await post('/v1/characters/texas/now');
    expect(response.headers.allow).toBe('GET, HEAD, OPTIONS');
  });
});

describe('keys', () => {
  test.each([
    ['no key', undefined],
    ['a wrong key', 'Bearer wrong'],
    ['another scheme', `Basic ${key}`],
  ])('%s is refused everywhere but at the health routes', async (_name, authorization) => {
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
  test('ready says whether it can serve, and why not', async () => {
    const ready = () => request(api.url).get('/health/ready');
    expect((await ready()).body).toEqual({ status: 'ready', reason: null });
    api.queues.away = true;
    const response = await ready();
    expect([response.status, response.body]).toEqual([
      503,
      { status: 'unready', reason: 'no answer from redis' },
    ]);
    api.queues.away = false;
    api.deps.readiness.draining = true;
    expect((await ready()).status).toBe(503);
    api.deps.readiness.draining = false;
  });

  test('before the database is up to date every other route says 503', async () => {
    api.deps.readiness.started = false;
    const response = await get('/v1/characters');
    api.deps.readiness.started = true;
    expect([response.status, response.body.code]).toEqual([503, 'storage_unavailable']);
  });
});

test('a failure nobody foresaw is a 500 that tells no secret, and one error line', async () => {
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

function json(asking: request.Test, text: string): request.Test {
  return asking.type('application/json').send(text);
}
