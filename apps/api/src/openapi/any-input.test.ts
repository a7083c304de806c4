import { once } from 'node:events';
import http from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type ApiDocument,
  makeChecker,
  type NamedOperation,
  operationsOf,
  readDocument,
} from '../../test/document.js';
import { internalKey, startTestApi, type TestApi } from '../../test/test-api.js';
import { problemSchema } from '../transport/problem.js';

// Calls every operation of the document with valid and invalid input.

const today = '2026-11-23';
let api: TestApi;
let document: ApiDocument;
let operations: NamedOperation[];
let generationId = '';
const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });

beforeAll(async () => {
  api = await startTestApi();
  document = await readDocument(api);
  operations = operationsOf(document);
  const accepted = await api.post(`/v1/characters/texas/days/${today}/generations`);
  generationId = ((await accepted.json()) as { id: string }).id;
  await api.work();
});
afterAll(async () => {
  agent.destroy();
  await api.close();
});

interface TestRequest {
  method: string;
  /** The request target, unnormalized. */
  target: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

interface TestResponse {
  status: number;
  headers: http.IncomingHttpHeaders;
  text: string;
}

/** Uses node:http, since fetch would normalize the request. */
async function send({ method, target, headers = {}, body }: TestRequest): Promise<TestResponse> {
  const { port } = new URL(api.url);
  const request = http.request({
    agent,
    port,
    method,
    path: target,
    headers: { authorization: `Bearer ${internalKey}`, ...headers },
  });
  request.end(body);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  const { statusCode: status = 0, headers: responseHeaders } = response;
  if (responseHeaders['content-type']?.startsWith('text/event-stream')) {
    response.destroy();
    return { status, headers: responseHeaders, text: '' };
  }
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status, headers: responseHeaders, text };
}

const hostile = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '%',
    '..',
    '/',
    '__proto__',
    'constructor',
    '\u0000',
    'a\u0000b',
    '\r\nX: y',
    '0',
    '-1',
    '1e9',
    'NaN',
    'null',
    '2026-02-30',
    '24:00',
    '+275760-09-13',
    "'; DROP TABLE days; --",
    '德克萨斯',
    '𝕏',
    'x'.repeat(2_000),
  ),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }).filter((text) => text.isWellFormed()),
);

const valid: Record<string, fc.Arbitrary<string>> = {
  character: fc.constantFrom('texas', 'nobody'),
  date: fc.constantFrom(today, '2026-11-24', '2026-11-20', '2000-01-01', '9999-12-31'),
  target_date: fc.constantFrom(today, '2026-11-21', '2000-01-01'),
  id: fc.constantFrom('generation', '019aafe0-0000-7000-8000-000000000000'),
  from: fc.constantFrom('2026-11-01', '2027-01-01'),
  to: fc.constantFrom('2026-11-30', '2026-01-01'),
  limit: fc.integer({ min: 1, max: 100 }).map(String),
  cursor: fc
    .tuple(fc.constantFrom(today, '2026-02-30'), fc.uuid())
    .map((place) => Buffer.from(place.join(',')).toString('base64url')),
  at: fc.constantFrom('2026-11-23T10:00:00Z', '2026-11-23T10:00:00+08:00'),
  status: fc.constantFrom('planned', 'sent'),
};

const mostly = <T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: usual }, { weight: 1, arbitrary: rare });

/** A request to an operation, whose parts are mostly valid. */
function requestTo(operation: NamedOperation): fc.Arbitrary<TestRequest> {
  const { path, method, parameters } = operation;
  const value = (name: string) => mostly(valid[name] ?? hostile, hostile);
  const parametersIn = (place: string) => parameters.filter((each) => each.in === place);
  const all = (place: string) =>
    fc.record(Object.fromEntries(parametersIn(place).map(({ name }) => [name, value(name)])));
  const some = (place: string) =>
    fc.record(Object.fromEntries(parametersIn(place).map(({ name }) => [name, value(name)])), {
      requiredKeys: [],
    });
  const query = fc
    .tuple(some('query'), mostly(fc.constant({}), fc.dictionary(hostile, hostile, { maxKeys: 2 })))
    .map(([known, unknown]) => Object.entries({ ...known, ...unknown }))
    .chain((pairs) => mostly(fc.constant(pairs), fc.constant([...pairs, ...pairs])))
    .map((pairs) =>
      pairs.map((pair) => pair.map((text) => encodeURIComponent(String(text))).join('=')).join('&'),
    );
  const headers = some('header').map((given) =>
    Object.fromEntries(
      Object.entries(given).flatMap(([name, text = '']) =>
        /^[\t\x20-\x7e\x80-\xff]*$/.test(text) ? [[name, text]] : [],
      ),
    ),
  );
  const body = operation.requestBody
    ? fc.option(
        fc.oneof(
          fc.record({ fresh: fc.boolean() }).map((value) => JSON.stringify(value)),
          fc.json(),
          fc.string({ maxLength: 50 }),
          fc.constant('{"__proto__": {"fresh": true}}'),
          fc.constant('x'.repeat(102_401)),
        ),
        { nil: undefined },
      )
    : fc.constant(undefined);
  const type = fc.constantFrom(
    'application/json',
    'application/json',
    'application/json; charset=utf-16',
    'text/plain',
    'application/json; charset=nonsense',
  );
  const encoding = mostly(fc.constant(undefined), fc.constantFrom('gzip', 'br', 'nonsense'));
  return fc
    .record({ params: all('path'), query, headers, body, type, encoding })
    .map(
      ({ params, query: search, headers: given, body: sent, type: contentType, encoding: e }) => {
        const place = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
          encodeURIComponent(params[name] === 'generation' ? generationId : (params[name] ?? '')),
        );
        return {
          method: method.toUpperCase(),
          target: search === '' ? place : `${place}?${search}`,
          headers: {
            ...given,
            ...(sent !== undefined && { 'content-type': contentType }),
            ...(sent !== undefined && e !== undefined && { 'content-encoding': e }),
          },
          ...(sent !== undefined && { body: sent }),
        };
      },
    );
}

function expectHarmless({ status, headers, text }: TestResponse): void {
  expect(status).toBeLessThan(500);
  expect(headers['x-request-id']).toMatch(/^[\w.-]{1,64}$/);
  expect(text).not.toMatch(/node_modules|\.js:\d|\bat \w+ \(|SELECT |INSERT |select "/);
  if (status >= 400 && text !== '') problemSchema.parse(JSON.parse(text));
}

test('every operation responds as documented to any input', async () => {
  const check = makeChecker(document);
  const seen = new Map<string, Set<number>>();
  for (const operation of operations) {
    const statuses = new Set<number>();
    seen.set(operation.operationId, statuses);
    await fc.assert(
      fc.asyncProperty(requestTo(operation), async (request) => {
        const response = await send(request);
        expectHarmless(response);
        const { status, headers, text } = response;
        statuses.add(status);
        const documented = operation.responses[status];
        expect([operation.operationId, status, documented !== undefined]).toEqual([
          operation.operationId,
          status,
          true,
        ]);
        if (text === '') return;
        const [type = ''] = (headers['content-type'] ?? '').split(';');
        const schema = documented?.content?.[type]?.schema;
        const validate = check(schema ?? { not: {} });
        validate(type === 'text/plain' ? text : JSON.parse(text));
        expect([operation.operationId, status, validate.errors]).toEqual([
          operation.operationId,
          status,
          null,
        ]);
      }),
      { numRuns: 60 },
    );
  }
  // Every operation succeeded at least once.
  for (const [id, statuses] of seen) expect([id, Math.min(...statuses) < 300]).toEqual([id, true]);
});

test('HEAD responds like GET without a body, except for a GET with side effects', async () => {
  for (const operation of operations.filter(({ method }) => method === 'get')) {
    const [request] = fc.sample(requestTo(operation), { numRuns: 1, seed: 7 });
    if (!request) throw new Error('no sample');
    const [get, head] = [await send(request), await send({ ...request, method: 'HEAD' })];
    const { operationId } = operation;
    expect([operationId, head.status, head.text]).toEqual([
      operationId,
      operationId === 'generateDailyLife' ? 405 : get.status,
      '',
    ]);
  }
});

test('OPTIONS lists the methods; any other method is 405 with Allow', async () => {
  for (const { path, method } of operations) {
    const target = path.replaceAll(/\{\w+\}/g, 'x');
    const options = await send({ method: 'OPTIONS', target });
    expect([options.status, options.headers.allow?.split(', ')]).toEqual([
      204,
      expect.arrayContaining([method.toUpperCase(), 'OPTIONS']),
    ]);
    const wrong = await send({ method: 'PUT', target });
    expect([wrong.status, wrong.headers.allow]).toEqual([405, options.headers.allow]);
  }
});

test.each([
  '/v1/characters/%00',
  '/v1/characters/a%00b/now',
  `/v1/characters/a%00b/days/${today}`,
  '/v1/characters/texas/days/0000-01-01',
  '/v1/characters/texas/days?from=0000-01-01',
  '/v1/characters/texas/events?to=0000-01-01',
  '/v1/characters/texas/interactions?date=0000-01-01',
  `/v1/characters/texas/days?cursor=${Buffer.from('0000-01-01,019aafe0-0000-7000-8000-000000000000').toString('base64url')}`,
  '/v1/characters/texas/now?at=0000-01-01T00:00:00Z',
  '/v1/characters/texas/now?at=9999-12-31T23:59:59Z',
  '/v1/characters/texas/now?at=2026-11-25T00:00:00.12345678901Z',
  '/v1/characters/texas/now?at=2026-11-25',
  '/collect-interactions?target_date=0000-01-01',
  '/generate-daily-life?target_date=0000-01-01',
])('values outside of database or calendar are a client error: %s', async (target) => {
  const response = await send({ method: 'GET', target });
  expectHarmless(response);
  expect(response.status).toBe(400);
});

test('arbitrary requests do no harm', async () => {
  const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'];
  const segment = fc.oneof(
    fc.constantFrom('v1', 'characters', 'texas', 'days', today, 'health', 'docs', '', '%E0%A4%A'),
    hostile.map(encodeURIComponent),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...methods),
      fc.array(segment, { maxLength: 6 }).map((segments) => `/${segments.join('/')}`),
      async (method, target) => expectHarmless(await send({ method, target })),
    ),
    { numRuns: 300 },
  );
});
