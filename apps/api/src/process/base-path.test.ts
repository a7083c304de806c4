import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import { reservedSegments } from '@texas-ai/config';
import { untilReady } from '@texas-ai/jobs';
import type { LoopbackServer } from '@texas-ai/testing';
import { startSubPathProxy } from '../../test/sub-path-proxy.js';
import { internalKey, startTestApi, type TestApi } from '../../test/test-api.js';
import { boardPath } from '../board/board.js';
import { makeOperations } from '../routes/index.js';
import { withoutBasePath } from './server.js';

const basePath = '/texas';
const authorization = `Bearer ${internalKey}`;
const day = '/v1/characters/texas/days/2026-11-23';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ environment: { BASE_PATH: basePath } });
  await untilReady(api.deps.queues.connection);
  await api.post(`${day}/generations`);
  await api.work();
});
afterAll(() => api.close());

describe.each([
  ['strips the path', true],
  ['keeps the path', false],
])('behind a proxy that %s', (_how, strips) => {
  let proxy: LoopbackServer;
  /** Resolves addresses as a browser does. */
  const get = (address: string, from = `${proxy.url}${basePath}/`) =>
    fetch(new URL(address, from), { headers: { authorization }, redirect: 'manual' });

  beforeAll(async () => {
    proxy = await startSubPathProxy(api, { path: basePath, strips });
  });
  afterAll(() => proxy.stop());

  it.each(['docs', 'docs/', 'admin/queues', 'admin/queues/'])(
    '%s loads its assets',
    async (page) => {
      const response = await get(page);
      expect(response.status).toBe(200);
      const html = await response.text();
      const base = new URL(/<base href="([^"]+)"/.exec(html)?.[1] ?? '', response.url).href;
      const links = [...html.matchAll(/<(?:link|script)[^>]+(?:href|src)="([^"]+)"/g)]
        .map(([, link = '']) => link)
        .filter((link) => !link.startsWith('data:'));
      expect(links.length).toBeGreaterThan(2);
      for (const link of links) expect([link, (await get(link, base)).status]).toEqual([link, 200]);
    },
  );

  it('the docs page loads the document, whose server is the base path', async () => {
    const script = await (await get('docs/assets/start.js')).text();
    const document = await get(/url: '([^']+)'/.exec(script)?.[1] ?? '');
    const { servers } = (await document.json()) as { servers: { url: string }[] };
    expect(servers).toEqual([{ url: basePath }]);
  });

  it('Location and Link can be followed', async () => {
    const accepted = await fetch(`${proxy.url}${basePath}${day}/generations`, {
      method: 'POST',
      headers: { authorization },
    });
    const generation = await get(accepted.headers.get('location') ?? '');
    expect(await generation.json()).toMatchObject({ character: 'texas', date: '2026-11-23' });
    for (const call of ['generate-daily-life', 'collect-interactions']) {
      const response = await get(`${call}?target_date=2026-11-23`);
      const [, successor = ''] = /^<(.+)>/.exec(response.headers.get('link') ?? '') ?? [];
      expect(successor).toMatch(/^\/texas\/v1\/characters\/texas\//);
      // One successor is a GET, the other a POST.
      expect([200, 405]).toContain((await get(successor)).status);
      const location = response.headers.get('location');
      if (location !== null) expect((await get(location)).status).toBe(200);
    }
  });

  it('a browser signs in and out without leaving the path', async () => {
    const board = `${proxy.url}${basePath}${boardPath}`;
    const browser = { accept: 'text/html', 'sec-fetch-site': 'same-origin' };
    const visit = (path: string, init: RequestInit = {}) =>
      fetch(`${board}${path}`, {
        redirect: 'manual',
        ...init,
        headers: { ...browser, ...init.headers },
      });
    const sent = await visit('');
    expect(sent.headers.get('location')).toBe(`${basePath}${boardPath}/sign-in`);
    expect(await (await visit('/sign-in')).text()).toContain(
      `action="${basePath}${boardPath}/sign-in"`,
    );
    const body = new URLSearchParams({ key: internalKey });
    const signedIn = await visit('/sign-in', { method: 'POST', body });
    expect([signedIn.status, signedIn.headers.get('location')]).toEqual([
      303,
      `${basePath}${boardPath}`,
    ]);
    const cookies = signedIn.headers.getSetCookie();
    for (const cookie of cookies) expect(cookie).toContain(`path=${basePath}${boardPath};`);
    const cookie = cookies.map((each) => each.split(';')[0]).join('; ');
    const opened = await visit('', { headers: { cookie } });
    expect([opened.status, await opened.text()]).toEqual([
      200,
      expect.stringContaining(`${basePath}${boardPath}/sign-out`),
    ]);
    const signedOut = await visit('/sign-out', { method: 'POST', headers: { cookie } });
    expect(signedOut.headers.get('location')).toBe(`${basePath}${boardPath}/sign-in`);
  });

  it('a cached day, health and problems are the same as without it', async () => {
    for (const path of [day, '/health/live', '/health/ready', '/nowhere', '/v1/characters/']) {
      const [there, here] = await Promise.all([get(`${basePath}${path}`), api.get(path)]);
      const bodies = await Promise.all([there.json(), here.json()]);
      for (const each of bodies)
        if (each && typeof each === 'object') Object.assign(each, { requestId: '' });
      expect([path, there.status, bodies[0]]).toEqual([path, here.status, bodies[1]]);
    }
  });
});

it('a cached day below the path is served by the fast path', async () => {
  await api.get(day);
  const lines = () =>
    api.logger.lines.filter(({ message }) => message === 'request completed').length;
  const before = lines();
  expect((await api.get(`${basePath}${day}`)).status).toBe(200);
  expect(lines()).toBe(before);
});

test('log and metrics have paths without it', async () => {
  await api.get(`${basePath}/v1/characters`);
  const line = api.logger.lines.findLast(({ message }) => message === 'request completed');
  expect(line?.fields.path).toBe('/v1/characters');
  expect(await (await api.get('/metrics')).text()).toContain('route="/v1/characters"');
});

test.each([
  ['/texas', '/'],
  ['/texas/', '/'],
  ['/texas?a=1', '/?a=1'],
  ['/texas/v1/characters?a=1', '/v1/characters?a=1'],
  ['/texas/texas/v1', '/texas/v1'],
  ['/v1/characters', '/v1/characters'],
  ['/texasx/v1', '/texasx/v1'],
  ['/Texas/v1', '/Texas/v1'],
  ['*', '*'],
])('%s becomes %s', (url, path) => {
  expect(withoutBasePath(url, '/texas')).toBe(path);
});

test('without a base path URLs stay unchanged', () => {
  for (const url of ['/', '//x', '*', '/v1']) expect(withoutBasePath(url, '')).toBe(url);
});

test('the reserved first segments are those of the api', () => {
  const paths = [...makeOperations(api.deps).map(({ path }) => path), '/docs', boardPath];
  const first = paths.map((path) => path.split('/')[1] ?? '');
  expect([...new Set(first)].sort()).toEqual([...reservedSegments].sort());
});
