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
const post = (path: string) => request(api.url).post(path).set('Authorization', `Bearer ${key}`);
const generationsOf = (date: string, character = 'texas') =>
  `/v1/characters/${character}/days/${date}/generations`;

async function countGenerations(): Promise<number> {
  const rows = await api.db.database('generations').count({ count: '*' });
  return Number(rows[0]?.count);
}

describe('invalid input', () => {
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
      'JSON that is not an object',
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
      'a field of the wrong type',
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
      'an invalid Idempotency-Key',
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
    ['an invalid generation id', () => get('/v1/generations/1'), 400, 'invalid_request', 'id'],
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
    ['a malformed escape', () => get('/v1/characters/%E0%A4%A/days'), 400, 'invalid_request', null],
    ['an unknown address', () => get('/v1/nothing'), 404, 'route_not_found', null],
    [
      'an unsupported method',
      () => post('/v1/characters/texas/now'),
      405,
      'method_not_allowed',
      null,
    ],
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

  test('a method that is not allowed is rejected with the allowed ones', async () => {
    const response = await post('/v1/characters/texas/now');
    expect(response.headers.allow).toBe('GET, HEAD, OPTIONS');
  });
});

function json(asking: request.Test, text: string): request.Test {
  return asking.type('application/json').send(text);
}
