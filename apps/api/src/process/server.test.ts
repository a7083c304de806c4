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

/** Sends text on a raw connection and reads until the server closes it. */
async function sendRaw(...pieces: string[]): Promise<string> {
  const { hostname, port } = new URL(api.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  let response = '';
  socket.on('data', (chunk) => {
    response += String(chunk);
  });
  socket.on('error', () => undefined);
  for (const piece of pieces) socket.write(piece);
  if (!socket.destroyed) await once(socket, 'close');
  return response;
}

const problem = (response: string) => JSON.parse(response.slice(response.indexOf('\r\n\r\n') + 4));

describe('a malformed or hostile request', () => {
  it('is cut off if its headers are too large', async () => {
    const response = await sendRaw(
      `GET /health/live HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`,
    );
    expect(response).toMatch(/^HTTP\/1\.1 431 /);
    expect(problem(response)).toMatchObject({ status: 431, code: 'headers_too_large' });
  });

  it('is rejected if it is not HTTP', async () => {
    const response = await sendRaw('HELO gateway\r\n\r\n');
    expect(response).toMatch(/^HTTP\/1\.1 400 .*application\/problem\+json.*x-request-id: /is);
    expect(problem(response)).toMatchObject({ status: 400, code: 'invalid_request' });
  });

  it('is cut off if its head or body arrives too slowly', async () => {
    const { headersTimeout, requestTimeout } = api.server;
    Object.assign(api.server, { headersTimeout: 100, requestTimeout: 100 });
    const slowHead = sendRaw('GET /health/live HTTP/1.1\r\nhost: x\r\n');
    const slowBody = sendRaw(
      `POST ${generations} HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\n` +
        'content-type: application/json\r\ncontent-length: 20\r\n\r\n{"fresh"',
    );
    const responses = await Promise.all([slowHead, slowBody]);
    Object.assign(api.server, { headersTimeout, requestTimeout });
    for (const response of responses) {
      expect(response).toMatch(/^HTTP\/1\.1 408 /);
      expect(problem(response)).toMatchObject({ status: 408, code: 'request_timeout' });
    }
  });

  it.each([
    ['with its length', 'content-length: 200000'],
    ['in chunks', 'transfer-encoding: chunked'],
  ])('is cut off if its body exceeds 100 kB, %s', async (_how, header) => {
    const text = 'x'.repeat(110_000);
    const chunk = header.startsWith('t') ? `${text.length.toString(16)}\r\n${text}\r\n` : text;
    const response = await sendRaw(
      `POST ${generations} HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\n` +
        `content-type: application/json\r\n${header}\r\n\r\n`,
      chunk,
    );
    expect(response).toMatch(/^HTTP\/1\.1 413 /);
    expect(problem(response)).toMatchObject({ status: 413, code: 'body_too_large' });
  });

  it.each(['GET /health/live', `GET ${generations.replace('/generations', '')}`])(
    'is cut off if it has an unexpected body: %s',
    async (what) => {
      const head = `${what} HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\n`;
      const large = await sendRaw(`${head}content-length: 400000000\r\n\r\n`, 'x'.repeat(1000));
      expect(large).toMatch(/^HTTP\/1\.1 413 /);
      // The response does not wait for the body.
      const trickle = await sendRaw(`${head}content-length: 100\r\n\r\n`, 'x');
      expect(trickle).toMatch(/^HTTP\/1\.1 (200|404) /);
    },
  );

  it('is cut off if it has too many headers', async () => {
    const many = Array.from({ length: 101 }, (_, index) => `x-${index}: y\r\n`).join('');
    const response = await sendRaw(`GET /health/live HTTP/1.1\r\nhost: x\r\n${many}\r\n`, '');
    expect(response).toMatch(/^HTTP\/1\.1 431 /);
    expect(problem(response)).toMatchObject({ status: 431, code: 'headers_too_large' });
  });

  it('gets no second response within one that has started', async () => {
    const accepted = await api.post('/v1/characters/texas/days/2026-11-22/generations');
    const { id } = (await accepted.json()) as { id: string };
    const { hostname, port } = new URL(api.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `GET /v1/generations/${id}/events HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\n\r\n`,
    );
    let response = '';
    for await (const chunk of socket) {
      response += String(chunk);
      if (response.includes('event:queued')) socket.write('NO HTTP\r\n\r\n');
    }
    expect(response.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  });

  const post = (body: string | Buffer, headers: Record<string, string>) => {
    const accepted = request(api.url)
      .post(generations)
      .set({ authorization, ...headers });
    return accepted.serialize((raw) => raw as unknown as string).send(body as string);
  };

  it.each([
    [
      'compressed',
      gzipSync('{}'),
      { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    ],
    [
      'in an unknown encoding',
      '{}',
      { 'content-type': 'application/json', 'content-encoding': 'rot13' },
    ],
    ['in another character set', '{}', { 'content-type': 'application/json; charset=latin1' }],
    ['not JSON', 'fresh=true', { 'content-type': 'application/x-www-form-urlencoded' }],
  ])('is rejected if its body is %s', async (_how, body, headers) => {
    const response = await post(body, headers);
    expect([response.status, response.body.code]).toEqual([415, 'unsupported_media_type']);
  });

  it.each(['{"fresh":', '[]', '"x"', 'null', '\u0000', '{"__proto__":1}', '{"fresh":"yes"}'])(
    'is rejected if its body is %j',
    async (body) => {
      const response = await post(body, { 'content-type': 'application/json' });
      expect([body, response.status]).toEqual([body, 400]);
    },
  );
});

describe('X-Request-Id', () => {
  it('is adopted if it is safe, otherwise generated, and stored with the generation', async () => {
    const response = await api.post(generations, {}, { 'x-request-id': 'order-7.a_b' });
    expect(response.headers.get('x-request-id')).toBe('order-7.a_b');
    const { id } = (await response.json()) as { id: string };
    expect(await api.db.store.generations.find(id)).toMatchObject({ requestId: 'order-7.a_b' });
    expect(api.steps.waiting).toContainEqual(
      expect.objectContaining({ generationId: id, requestId: 'order-7.a_b' }),
    );
    expect(api.logger.lines).toContainEqual(
      expect.objectContaining({
        message: 'request completed',
        fields: expect.objectContaining({ requestId: 'order-7.a_b', status: 202 }),
      }),
    );
    for (const unsafe of ['a b', 'x'.repeat(65), 'a"b']) {
      const other = await api.get('/v1/characters', { 'x-request-id': unsafe });
      expect(other.headers.get('x-request-id')).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-/);
    }
  });
});

describe('cross-origin requests', () => {
  const preflight = (url: string, origin: string) =>
    request(url).options('/v1/characters').set({
      origin,
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'authorization',
    });

  it('are not allowed by default', async () => {
    const response = await preflight(api.url, 'https://app.example');
    expect(response.headers).not.toHaveProperty('access-control-allow-origin');
    const read = await api.get('/v1/characters', { origin: 'https://app.example' });
    expect(read.headers.has('access-control-allow-origin')).toBe(false);
  });

  it('are allowed from configured origins only', async () => {
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
