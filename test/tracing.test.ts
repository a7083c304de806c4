import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { processEnvironment } from '@texas-ai/config';
import {
  type FakeGemini,
  freePort,
  makeTestDatabase,
  startFakeGemini,
  type TestDatabase,
  testServices,
  until,
} from '@texas-ai/testing';
import { Redis } from 'ioredis';
import { dateFromToday, kill, startApp, untilReady } from './product.js';

// The built api and worker with the standard variables of OpenTelemetry, and a collector.

interface Span {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  /** Of its resource. */
  service: string;
}

const internalKey = 'texas_internal_of_the_tracing_test';
let home: string;
let db: TestDatabase;
let gemini: FakeGemini;
let collector: Server;
let url: string;
const spans: Span[] = [];
const children: ChildProcess[] = [];

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'texas-tracing-'));
  db = await makeTestDatabase();
  gemini = await startFakeGemini({ latencyMs: 0, retryDelay: '1s' });
  collector = createServer(async (request, response) => {
    spans.push(...spansIn(await json(request)));
    response.setHeader('content-type', 'application/json').end('{}');
  });
  await once(collector.listen(0, '127.0.0.1'), 'listening');
  const { port: collectorPort } = collector.address() as AddressInfo;
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const environment = {
    PATH: processEnvironment().PATH ?? '',
    HOME: home,
    TEXAS_HOME: home,
    NODE_ENV: 'test',
    PORT: String(port),
    DATABASE_URL: db.url,
    // A private key space in Redis.
    REDIS_URL: `${testServices().redisUrl}/8`,
    INTERNAL_API_KEY: internalKey,
    GEMINI_API_KEY: 'good-key-0123456789',
    GEMINI_BASE_URL: gemini.url,
    PLANNING_AUTOMATIC: 'false',
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collectorPort}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_BSP_SCHEDULE_DELAY: '100',
  };
  const api = startApp('api', environment);
  children.push(api, startApp('worker', environment));
  await untilReady(url, api);
});

afterAll(async () => {
  await Promise.all(children.map(kill));
  await gemini.stop();
  collector.closeAllConnections();
  collector.close();
  await db.drop();
  rmSync(home, { recursive: true, force: true });
});

test('a request is one trace through the queue to the author, and continues the client’s trace', async () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const path = `/v1/characters/texas/days/${await dateFromToday(db)}`;
  const headers = { authorization: `Bearer ${internalKey}` };
  const asked = await fetch(`${url}${path}/generations`, {
    method: 'POST',
    headers: {
      ...headers,
      traceparent: `00-${traceId}-b7ad6b7169203331-01`,
      baggage: 'note=of-the-client',
    },
  });
  expect(asked.status).toBe(202);
  await until(async () => (await fetch(`${url}${path}`, { headers })).status === 200);
  // Other headers of a client are not stored with a job.
  const [job] = await jobsOfAuthor();
  expect(job).toContain(traceId);
  expect(job).not.toContain('of-the-client');
  const ofTrace = () => spans.filter((span) => span.traceId === traceId);
  const names = () => ofTrace().map(({ service, name }) => `${service} ${name}`);
  await until(() => names().filter((each) => each.endsWith('author write-chapter')).length === 4);

  const requests = () => ofTrace().filter(({ name }) => name.startsWith('POST '));
  await until(() => requests().length > 0);
  const [request] = requests();
  expect(request).toMatchObject({
    service: 'texas-api',
    name: 'POST /v1/characters/:character/days/:date/generations',
    parentSpanId: 'b7ad6b7169203331',
  });
  const planned = ofTrace().filter(({ name }) => name === 'author plan-day');
  expect(planned.map(({ service }) => service)).toEqual(['texas-worker']);
  // Each span of the author has the request as an ancestor, through the spans of the queue.
  for (const span of ofTrace().filter(({ name }) => name.startsWith('author '))) {
    await until(() => ancestorsOf(span).includes(request?.spanId ?? ''));
    expect(ancestorsOf(span).length).toBeGreaterThanOrEqual(3);
  }
});

test('BullMQ’s internal commands are not traced', () => {
  expect(spans.filter(({ name }) => name.startsWith('moveStalledJobsToWait'))).toEqual([]);
});

test('processes stop cleanly if the collector is gone', async () => {
  collector.closeAllConnections();
  collector.close();
  await fetch(`${url}/health`);
  const codes = children.map(async (child) => {
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    return (await exit)[0];
  });
  expect(await Promise.all(codes)).toEqual([0, 0]);
});

/** The jobs of the author’s queue, as stored in Redis. */
async function jobsOfAuthor(): Promise<string[]> {
  const redis = new Redis(`${testServices().redisUrl}/8`);
  try {
    const keys = await redis.keys('texas:author-gemini:plan-day-*');
    return Promise.all(keys.map(async (key) => JSON.stringify(await redis.hgetall(key))));
  } finally {
    redis.disconnect();
  }
}

function ancestorsOf(span: Span): string[] {
  const parent = spans.find(({ spanId }) => spanId === span.parentSpanId);
  return parent ? [parent.spanId, ...ancestorsOf(parent)] : [];
}

/** OTLP in JSON: resources, scopes, spans. */
function spansIn(sent: unknown): Span[] {
  const { resourceSpans = [] } = sent as {
    resourceSpans?: {
      resource: { attributes: { key: string; value: { stringValue?: string } }[] };
      scopeSpans: { spans: Omit<Span, 'service'>[] }[];
    }[];
  };
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const named = resource.attributes.find(({ key }) => key === 'service.name');
    const service = named?.value.stringValue ?? '';
    return scopeSpans.flatMap(({ spans }) => spans.map((span) => ({ ...span, service })));
  });
}
