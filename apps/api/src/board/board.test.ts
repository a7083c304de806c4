import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { revokeKey } from '@texas-ai/access';
import { makeProducer, untilReady } from '@texas-ai/jobs';
import { makeKeyRepository } from '@texas-ai/storage';
import request from 'supertest';
import { internalKey, startTestApi, type TestApi } from '../../test/test-api.js';

let api: TestApi;
let adminKey: string;
const generationId = '019ac0a5-8b0e-7c1f-9d3a-2f6f5f0f7a11';

beforeAll(async () => {
  api = await startTestApi({ environment: { GEMINI_API_KEY: 'canary-gemini-key-1234' } });
  adminKey = await api.makeKey('admin');
  const { queues } = api.deps;
  await untilReady(queues.connection);
  await makeProducer(queues).enqueue([
    {
      kind: 'plan-day',
      generationId,
      run: 1,
      author: 'gemini',
      askedBy: 'person',
      requestId: 'canary-gemini-key-1234',
    },
  ]);
});
afterAll(() => api.close());

const browser = { accept: 'text/html', 'sec-fetch-site': 'same-origin' };
const form = (key: string) => new URLSearchParams({ key }).toString();

function signIn(key: string, headers: Record<string, string> = {}) {
  return request(api.url)
    .post('/admin/queues/sign-in')
    .set({ ...browser, 'content-type': 'application/x-www-form-urlencoded', ...headers })
    .send(form(key));
}

async function cookieOf(key: string): Promise<string> {
  const response = await signIn(key);
  expect(response.status).toBe(303);
  return cookies(response)
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}

function cookies(response: request.Response): string[] {
  return [response.headers['set-cookie'] ?? []].flat();
}

const board = (path: string, cookie: string) =>
  request(api.url)
    .get(`/admin/queues${path}`)
    .set({ ...browser, cookie });

describe('the board', () => {
  it('redirects a browser without a session to the sign-in page', async () => {
    const response = await request(api.url).get('/admin/queues').set(browser);
    expect([response.status, response.headers.location]).toEqual([303, '/admin/queues/sign-in']);
    const page = await request(api.url).get('/admin/queues/sign-in').set(browser);
    expect(page.text).toContain('请使用具有');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
  });

  it('responds with a problem to clients without a key or scope', async () => {
    const none = await request(api.url).get('/admin/queues/api/queues');
    expect([none.status, none.body.code]).toEqual([401, 'unauthorized']);
    const key = await api.makeKey('generate');
    const lesser = await request(api.url)
      .get('/admin/queues/api/queues')
      .set('authorization', `Bearer ${key}`);
    expect([lesser.status, lesser.body.code]).toEqual([403, 'forbidden']);
  });

  it('accepts a key in the header and lists every queue', async () => {
    const response = await request(api.url)
      .get('/admin/queues/api/queues')
      .set('authorization', `Bearer ${internalKey}`);
    expect(response.status).toBe(200);
    const names = response.body.queues.map(({ name }: { name: string }) => name);
    expect(names).toEqual(['author-gemini', 'author-offline', 'days', 'alerts', 'maintenance']);
  });

  it('has a signed session that scripts cannot read and the api does not accept', async () => {
    const signedIn = await signIn(adminKey);
    expect(signedIn.headers.location).toBe('/admin/queues');
    const set = cookies(signedIn);
    expect(set).toHaveLength(2);
    for (const cookie of set) {
      expect(cookie).toMatch(/path=\/admin\/queues;/i);
      expect(cookie).toMatch(/httponly/i);
      expect(cookie).toMatch(/samesite=strict/i);
    }
    expect(Buffer.from(set[0] ?? '', 'base64').toString()).not.toContain(adminKey);
    const cookie = await cookieOf(adminKey);
    const page = await board('', cookie);
    expect([page.status, page.type]).toEqual([200, 'text/html']);
    expect(page.text).not.toContain('https://');
    const elsewhere = await request(api.url)
      .get('/v1/characters')
      .set({ ...browser, cookie });
    expect(elsewhere.status).toBe(401);
  });

  it('rejects a forged session', async () => {
    const cookie = await cookieOf(adminKey);
    const forged = Buffer.from(JSON.stringify({ keyId: 'internal', until: 9e15 })).toString(
      'base64',
    );
    const response = await board(
      '/api/queues',
      cookie.replace(/texas_board=[^;]+/, `texas_board=${forged}`),
    );
    expect(response.status).toBe(303);
  });

  it('ends a session after its lifetime', async () => {
    const cookie = await cookieOf(adminKey);
    const before = api.clock.now;
    api.clock.now = before.add({ hours: 12, seconds: 1 });
    const response = await board('/api/queues', cookie);
    api.clock.now = before;
    expect(response.status).toBe(303);
    expect((await board('/api/queues', cookie)).status).toBe(200);
  });

  it('ends a session when its key is revoked', async () => {
    const key = await api.makeKey('admin');
    const cookie = await cookieOf(key);
    expect((await board('/api/queues', cookie)).status).toBe(200);
    await revokeKey(makeKeyRepository(api.db.database), key.split('_').slice(0, 2).join('_'));
    await api.deps.keys.sweep();
    expect((await board('/api/queues', cookie)).status).toBe(303);
  });

  it('ends the session on sign-out', async () => {
    const cookie = await cookieOf(adminKey);
    const page = await board('/sign-out', cookie);
    expect(page.text).toContain('method="post"');
    const out = await request(api.url)
      .post('/admin/queues/sign-out')
      .set({ ...browser, cookie });
    expect(out.status).toBe(303);
    expect(cookies(out).join()).toMatch(/texas_board=;/);
  });

  it.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a sibling site', { 'sec-fetch-site': 'same-site' }],
    ['another origin', { origin: 'https://evil.example' }],
    ['an unknown origin', {}],
  ])('rejects changes from %s', async (_where, headers) => {
    const cookie = await cookieOf(adminKey);
    const put = request(api.url).put('/admin/queues/api/queues/days/pause');
    const response = await put.set({ cookie, ...headers });
    expect(response.status).toBe(403);
    expect(await api.deps.queues.get('days').isPaused()).toBe(false);
  });

  it('ignores the session if the request has a key', async () => {
    const cookie = await cookieOf(adminKey);
    const put = request(api.url).put('/admin/queues/api/queues/days/pause');
    const junk = { cookie, authorization: 'Basic abc', 'sec-fetch-site': 'cross-site' };
    expect((await put.set(junk)).status).toBe(401);
    expect(await api.deps.queues.get('days').isPaused()).toBe(false);
  });

  it('allows changes from its own page and with a key', async () => {
    const cookie = await cookieOf(adminKey);
    const put = (action: string) => request(api.url).put(`/admin/queues/api/queues/days/${action}`);
    expect((await put('pause').set({ ...browser, cookie })).status).toBe(200);
    expect(await api.deps.queues.get('days').isPaused()).toBe(true);
    expect((await put('resume').set('authorization', `Bearer ${adminKey}`)).status).toBe(200);
    expect(await api.deps.queues.get('days').isPaused()).toBe(false);
    const own = { cookie, origin: api.url };
    expect((await put('resume').set(own)).status).toBe(200);
  });

  it('shows jobs without secrets', async () => {
    const id = `plan-day-${generationId}-1`;
    const response = await board(`/api/queues/author-gemini/${id}`, await cookieOf(adminKey));
    expect(response.status).toBe(200);
    expect(response.body.job).toMatchObject({ id, name: 'plan-day' });
    expect(response.body.job.data).toMatchObject({ generationId, run: 1 });
    expect(response.text).not.toContain('canary');
    expect(response.text).toContain('[redacted]');
  });

  it('explains what is wrong with a key', async () => {
    expect((await signIn(await api.makeKey('read'))).text).toContain('lacks the scope admin');
    const wrong = await signIn('texas_nobody');
    expect([wrong.status, wrong.type]).toEqual([401, 'text/html']);
    expect(wrong.text).toContain('密钥无效');
    expect((await signIn('')).status).toBe(401);
  });
});

describe('invalid keys at sign-in', () => {
  it('are limited, which does not affect valid ones', async () => {
    const strict = await startTestApi({ beside: api, failedAuthenticationsPerMinute: 2 });
    const post = (key: string) =>
      request(strict.url)
        .post('/admin/queues/sign-in')
        .set({ ...browser, 'content-type': 'application/x-www-form-urlencoded' })
        .send(form(key));
    const statuses = [];
    for (const key of ['a', 'b', 'c']) statuses.push((await post(key)).status);
    expect(statuses).toEqual([401, 401, 429]);
    expect((await post(adminKey)).status).toBe(303);
    await strict.close();
  });
});
