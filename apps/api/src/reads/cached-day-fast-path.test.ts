import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import { testServices } from '@texas-ai/testing';
import request from 'supertest';
import { countRoundTrips } from '../../test/round-trips.js';
import { internalKey, startTestApi, type TestApi } from '../../test/test-api.js';

// The fast path and the Express route must send equal responses.

const path = '/v1/characters/texas/days/2026-11-23';
const authorization = `Bearer ${internalKey}`;
let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
  await api.post(`${path}/generations`);
  await api.work();
});
afterAll(() => api.close());

describe.each([
  ['fast path', true],
  ['Express route', false],
])('a day in memory, served by the %s', (_way, fastPath) => {
  let url: string;
  const ask = (headers: Record<string, string> = {}, method: 'get' | 'head' = 'get') =>
    request(url)
      [method](path)
      .set({ authorization, ...headers });

  beforeAll(async () => {
    url = await api.listen({}, { fastPath });
    expect((await ask()).status).toBe(200);
  });

  it('takes the intended path', async () => {
    const id = `way-${fastPath}`;
    await ask({ 'x-request-id': id });
    const logged = api.logger.lines.filter(({ fields }) => fields.requestId === id);
    expect(logged).toHaveLength(fastPath ? 0 : 1);
  });

  it('costs no round trip to PostgreSQL or Redis', async () => {
    const portOf = (address: string) => Number(new URL(address).port);
    const { redisUrl } = testServices();
    const trips = countRoundTrips({ redis: portOf(redisUrl), postgres: portOf(api.db.url) });
    try {
      expect((await ask()).status).toBe(200);
      expect(trips.take()).toEqual({});
    } finally {
      trips.stop();
    }
  });

  it('has body, ETag, rate limit and security headers', async () => {
    const response = await ask({ 'x-request-id': 'mine' });
    const stored = await api.db.store.days.find('texas', Temporal.PlainDate.from('2026-11-23'));
    expect(response.body).toEqual(JSON.parse(JSON.stringify(stored)));
    expect(response.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(Buffer.byteLength(response.text)),
      'cache-control': 'private, no-cache',
      etag: expect.stringMatching(/^"[\w-]{27}"$/),
      ratelimit: expect.stringMatching(/^"reads"; r=\d+; t=\d+$/),
      'ratelimit-policy': expect.stringMatching(/^"reads"; q=100000; w=60; pk=:.*:$/),
      'x-request-id': 'mine',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
    });
    expect(response.headers).not.toHaveProperty('x-powered-by');
    expect(response.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('is 304 without a body if the client has it', async () => {
    const { etag = '' } = (await ask()).headers;
    for (const has of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const response = await ask({ 'if-none-match': has });
      expect([has, response.status, response.text]).toEqual([has, 304, '']);
      expect(response.headers.etag).toBe(etag);
    }
    expect((await ask({ 'if-none-match': '"other"' })).status).toBe(200);
  });

  it('has no body for HEAD', async () => {
    const [get, head] = [await ask(), await ask({}, 'head')];
    expect([head.status, head.text]).toEqual([200, undefined]);
    expect(head.headers['content-length']).toBe(get.headers['content-length']);
    expect(head.headers.etag).toBe(get.headers.etag);
  });

  it('requires a key with the scope read', async () => {
    for (const wrong of ['', 'Bearer wrong', 'Basic abc']) {
      const response = await ask({ authorization: wrong });
      expect([response.status, response.body.code]).toEqual([401, 'unauthorized']);
    }
    const reader = { authorization: `Bearer ${await api.makeKey('read')}` };
    for (const _time of [1, 2]) expect((await ask(reader)).status).toBe(200);
  });

  it('rejects unknown parameters', async () => {
    const response = await request(url).get(`${path}?a=1`).set({ authorization });
    expect([response.status, response.body.code]).toEqual([400, 'invalid_request']);
  });

  it('counts each request once and enforces the limit', async () => {
    const strict = await startTestApi({
      beside: api,
      environment: { RATE_LIMIT_READS_PER_MINUTE: '3' },
    });
    const strictUrl = await strict.listen({}, { fastPath });
    const left = [];
    for (const _time of [1, 2, 3, 4]) {
      const response = await request(strictUrl).get(path).set({ authorization });
      left.push([response.status, response.headers.ratelimit?.match(/r=(\d+)/)?.[1]]);
      if (response.status !== 429) continue;
      expect(response.body).toMatchObject({ code: 'rate_limited', status: 429 });
      expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
    }
    expect(left).toEqual([
      [200, '2'],
      [200, '1'],
      [200, '0'],
      [429, '0'],
    ]);
    await strict.close();
  });
});
