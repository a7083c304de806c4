import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { internalKey, startTestApi, type TestApi } from '../../test/test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const generations = '/v1/characters/texas/days/2026-11-23/generations';
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

describe('generations', () => {
  it('are limited by key across all api processes', async () => {
    const five = { beside: api, environment: { RATE_LIMIT_GENERATIONS_PER_MINUTE: '5' } };
    const [one, other] = [await startTestApi(five), await startTestApi(five)];
    const [key, another] = [await api.makeKey('generate'), await api.makeKey('generate')];
    const post = ({ url }: TestApi, given = key) =>
      request(url).post(generations).set(bearer(given));
    const responses = [];
    for (const each of [one, other, one, other, one]) responses.push(await post(each));
    expect(responses.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202]);
    expect(responses.map(({ headers }) => headers.ratelimit?.match(/r=(\d+)/)?.[1])).toEqual([
      '4',
      '3',
      '2',
      '1',
      '0',
    ]);
    for (const each of [one, other]) {
      const refused = await post(each);
      expect(refused.status).toBe(429);
      expect(refused.body).toMatchObject({ code: 'rate_limited', status: 429 });
      const wait = Number(refused.headers['retry-after']);
      expect(wait).toBeGreaterThan(0);
      expect(wait).toBeLessThanOrEqual(60);
      expect(refused.headers['ratelimit-policy']).toMatch(/^"generations"; q=5; w=60; pk=:.*:$/);
      expect((await post(each, another)).status).toBe(202);
    }
    await one.close();
    await other.close();
  });

  it('count before validation, but not without the scope', async () => {
    const two = { beside: api, environment: { RATE_LIMIT_GENERATIONS_PER_MINUTE: '2' } };
    const strict = await startTestApi(two);
    const [key, reader] = [await api.makeKey('generate'), await api.makeKey('read')];
    const post = (given: string, body: object) =>
      request(strict.url).post(generations).set(bearer(given)).send(body);
    for (const _time of [1, 2, 3]) expect((await post(reader, {})).status).toBe(403);
    expect((await post(key, { wrong: true })).status).toBe(400);
    expect((await post(key, { wrong: true })).status).toBe(400);
    expect((await post(key, {})).status).toBe(429);
    await strict.close();
  });
});

describe('failed authentications', () => {
  const wrong = (url: string, headers: Record<string, string> = {}) =>
    request(url).get('/v1/characters').set(bearer('wrong')).set(headers);

  it('are limited by address, which never affects valid keys', async () => {
    const strict = await startTestApi({ beside: api, failedAuthenticationsPerMinute: 3 });
    const statuses = [];
    for (const _time of [1, 2, 3, 4, 5]) statuses.push((await wrong(strict.url)).status);
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
    const refused = await request(strict.url).get('/v1/characters');
    expect([refused.status, refused.body.code]).toEqual([429, 'rate_limited']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    for (const key of [internalKey, await api.makeKey('read')]) {
      const good = await request(strict.url).get('/v1/characters').set(bearer(key));
      expect(good.status).toBe(200);
    }
    await strict.close();
  });

  it('count for the address that the trusted proxy saw', async () => {
    const behind = { beside: api, failedAuthenticationsPerMinute: 1 };
    const open = await startTestApi(behind);
    const proxied = await startTestApi({ ...behind, server: { trustProxyHops: 1 } });
    // Without a trusted proxy the header proves nothing.
    expect((await wrong(open.url, { 'x-forwarded-for': '203.0.113.1' })).status).toBe(401);
    expect((await wrong(open.url, { 'x-forwarded-for': '203.0.113.2' })).status).toBe(429);
    // With one, only the last entry is trustworthy.
    const seen = (client: string) => ({ 'x-forwarded-for': `198.51.100.9, ${client}` });
    expect((await wrong(proxied.url, seen('203.0.113.1'))).status).toBe(401);
    expect((await wrong(proxied.url, seen('203.0.113.2'))).status).toBe(401);
    expect((await wrong(proxied.url, seen('203.0.113.2'))).status).toBe(429);
    await open.close();
    await proxied.close();
  });

  it('count for one client, however a proxy spells its address', async () => {
    const spellings = [
      ['203.0.113.1', '203.0.113.1:5001', '203.0.113.1:5002', '"203.0.113.1:_hidden"'],
      ['::ffff:203.0.113.2', '203.0.113.2', '[::ffff:203.0.113.2]:5001', '::FFFF:cb00:7102'],
      ['2001:db8::1', '[2001:db8::1]', '[2001:db8::1]:5001', '[2001:db8::1]:5002'],
      ['2001:DB8:0:100::', '2001:0db8:0000:0100::2', '"[2001:db8:0:1ff::3]:5001"'],
      ['for="[2001:db8:0:200::1]:5001"', 'For="[2001:db8:0:200::2]:5002";proto=https'],
      ['fe80::1', 'fe80::1%eth0', '[fe80::2%eth1]:5001'],
      // Invalid addresses count for the proxy's address.
      [
        'unknown',
        '_hidden',
        'garbage-1',
        '999.1.1.1:80',
        '[2001:db8::1',
        '1:2:3:4:5:6:7:8:5001',
        '',
      ],
    ];
    const proxied = await startTestApi({
      beside: api,
      failedAuthenticationsPerMinute: 1,
      server: { trustProxyHops: 1 },
    });
    for (const [first = '', ...others] of spellings) {
      const status = async (client: string) =>
        (await wrong(proxied.url, { 'x-forwarded-for': `198.51.100.9, ${client}` })).status;
      expect([first, await status(first)]).toEqual([first, 401]);
      for (const other of others) expect([other, await status(other)]).toEqual([other, 429]);
    }
    await proxied.close();
  });

  it('count for the next trusted hop if the furthest one is unknown', async () => {
    const two = { beside: api, failedAuthenticationsPerMinute: 1, server: { trustProxyHops: 2 } };
    const proxied = await startTestApi(two);
    const seen = (chain: string) => wrong(proxied.url, { 'x-forwarded-for': chain });
    expect((await seen('unknown, 203.0.113.7:5001')).status).toBe(401);
    expect((await seen('garbage, [::ffff:203.0.113.7]:5002')).status).toBe(429);
    expect((await seen('unknown, 203.0.113.8')).status).toBe(401);
    await proxied.close();
  });
});
