import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { internalKey, startTestApi, type TestApi } from '../../test/test-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const generations = '/v1/characters/texas/days/2026-11-23/generations';
const authorization = `Bearer ${internalKey}`;

/** Sends text on a bare connection and reads until the server closes it. */
async function exchange(...pieces: string[]): Promise<string> {
  const { hostname, port } = new URL(api.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += String(chunk);
  });
  socket.on('error', () => undefined);
  for (const piece of pieces) socket.write(piece);
  if (!socket.destroyed) await once(socket, 'close');
  return answer;
}

const problem = (answer: string) => JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4));

describe('what strangers send', () => {
  it('is cut off when its headers are a flood', async () => {
    const answer = await exchange(
      `GET /health/live HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect(problem(answer)).toMatchObject({ status: 431, code: 'headers_too_large' });
  });

  it('is refused when it is no HTTP', async () => {
    const answer = await exchange('HELO gateway\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 .*application\/problem\+json.*x-request-id: /is);
    expect(problem(answer)).toMatchObject({ status: 400, code: 'invalid_request' });
  });

  it('is cut off when it comes too slowly, head or body', async () => {
    const { headersTimeout, requestTimeout } = api.server;
    Object.assign(api.server, { headersTimeout: 100, requestTimeout: 100 });
    const slowHead = exchange('GET /health/live HTTP/1.1\r\nhost: x\r\n');
    const slowBody = exchange(
      `POST ${generations} HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\n` +
        'content-type: application/json\r\ncontent-length: 20\r\n\r\n{"fresh"',
    );
    const answers = await Promise.all([slowHead, slowBody]);
    Object.assign(api.server, { headersTimeout, requestTimeout });
    for (const answer of answers) {
      expect(answer).toMatch(/^HTTP\/1\.1 408 /);
      expect(problem(answer)).toMatchObject({ status: 408, code: 'request_timeout' });
    }
  });

  it.each([
    ['with its length', 'content-length: 200000'],
    ['in chunks', 'transfer-encoding: chunked'],
  ])('is cut off when its body is over 100 kB, %s', async (_how, header) => {
    const text = 'x'.repeat(110_000);
    const chunk = header.startsWith('t') ? `${text.length.toString(16)}\r\n${text}\r\n` : text;
    const answer = await exchange(
      `POST ${generations} HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\n` +
        `content-type: application/json\r\n${header}\r\n\r\n`,
      chunk,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(problem(answer)).toMatchObject({ status: 413, code: 'body_too_large' });
  });

  it.each(['GET /health/live', `GET ${generations.replace('/generations', '')}`])(
    'is cut off when it sends a body that nobody wants: %s',
    async (what) => {
      const head = `${what} HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\n`;
      const large = await exchange(`${head}content-length: 400000000\r\n\r\n`, 'x'.repeat(1000));
      expect(large).toMatch(/^HTTP\/1\.1 413 /);
      // An answer that needs no body comes at once, and nobody waits for the rest.
      const trickle = await exchange(`${head}content-length: 100\r\n\r\n`, 'x');
      expect(trickle).toMatch(/^HTTP\/1\.1 (200|404) /);
    },
  );

  it('is cut off when its headers are too many', async () => {
    const many = Array.from({ length: 101 }, (_, index) => `x-${index}: y\r\n`).join('');
    const answer = await exchange(`GET /health/live HTTP/1.1\r\nhost: x\r\n${many}\r\n`, '');
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect(problem(answer)).toMatchObject({ status: 431, code: 'headers_too_large' });
  });

  it('gets no second answer into one that has begun', async () => {
    const asked = await api.post('/v1/characters/texas/days/2026-11-22/generations');
    const { id } = (await asked.json()) as { id: string };
    const { hostname, port } = new URL(api.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `GET /v1/generations/${id}/events HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\n\r\n`,
    );
    let answer = '';
    for await (const chunk of socket) {
      answer += String(chunk);
      if (answer.includes('event:queued')) socket.write('NO HTTP\r\n\r\n');
    }
    expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  });

  const post = (body: string | Buffer, headers: Record<string, string>) => {
    const asked = request(api.url)
      .post(generations)
      .set({ authorization, ...headers });
    return asked.serialize((raw) => raw as unknown as string).send(body as string);
  };

  it.each([
    [
      'compressed',
      gzipSync('{}'),
      { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    ],
    [
      'in an encoding of its own',
      '{}',
      { 'content-type': 'application/json', 'content-encoding': 'rot13' },
    ],
    ['in another character set', '{}', { 'content-type': 'application/json; charset=latin1' }],
    ['not JSON', 'fresh=true', { 'content-type': 'application/x-www-form-urlencoded' }],
  ])('is refused when its body is %s', async (_how, body, headers) => {
    const response = await post(body, headers);
    expect([response.status, response.body.code]).toEqual([415, 'unsupported_media_type']);
  });

  it.each(['{"fresh":', '[]', '"x"', 'null', '\u0000', '{"__proto__":1}', '{"fresh":"yes"}'])(
    'is refused when its body is %j',
    async (body) => {
      const response = await post(body, { 'content-type': 'application/json' });
      expect([body, response.status]).toEqual([body, 400]);
    },
  );
});

describe('X-Request-Id', () => {
  it('is taken when it can do no harm, made otherwise, and kept with the generation', async () => {
    const response = await api.post(generations, {}, { 'x-request-id': 'order-7.a_b' });
    expect(response.headers.get('x-request-id')).toBe('order-7.a_b');
    const { id } = (await response.json()) as { id: string };
    expect(await api.db.store.generations.find(id)).toMatchObject({ requestId: 'order-7.a_b' });
    expect(api.steps.waiting).toContainEqual(
      expect.objectContaining({ generationId: id, requestId: 'order-7.a_b' }),
    );
    expect(api.logger.lines).toContainEqual(
      expect.objectContaining({
        message: 'request answered',
        fields: expect.objectContaining({ requestId: 'order-7.a_b', status: 202 }),
      }),
    );
    for (const harmful of ['a b', 'x'.repeat(65), 'a"b']) {
      const other = await api.get('/v1/characters', { 'x-request-id': harmful });
      expect(other.headers.get('x-request-id')).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-/);
    }
  });
});

describe('pages of other origins', () => {
  const preflight = (url: string, origin: string) =>
    request(url).options('/v1/characters').set({
      origin,
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'authorization',
    });

  it('may not read anything unless configured', async () => {
    const response = await preflight(api.url, 'https://app.example');
    expect(response.headers).not.toHaveProperty('access-control-allow-origin');
    const read = await api.get('/v1/characters', { origin: 'https://app.example' });
    expect(read.headers.has('access-control-allow-origin')).toBe(false);
  });

  it('may where their origin is configured, and no other', async () => {
    const open = await startTestApi({
      beside: api,
      server: { corsOrigins: ['https://app.example'] },
    });
    const allowed = await preflight(open.url, 'https://app.example');
    expect(allowed.status).toBe(204);
    expect(allowed.headers).toMatchObject({
      'access-control-allow-origin': 'https://app.example',
      'access-control-allow-headers': 'authorization',
      'access-control-allow-methods': 'GET,HEAD,POST,DELETE',
    });
    const read = await request(open.url)
      .get('/v1/characters')
      .set({ authorization, origin: 'https://app.example' });
    expect(read.headers['access-control-allow-origin']).toBe('https://app.example');
    expect(read.headers['access-control-expose-headers']).toContain('ETag');
    expect(read.headers['access-control-expose-headers']).toContain('Cache-Status');
    expect(allowed.headers.allow).toBe('GET, HEAD, OPTIONS');
    const other = await preflight(open.url, 'https://evil.example');
    expect(other.headers).not.toHaveProperty('access-control-allow-origin');
    const plain = await request(open.url).options('/v1/characters');
    expect([plain.status, plain.headers.allow]).toEqual([204, 'GET, HEAD, OPTIONS']);
    await open.close();
  });
});
