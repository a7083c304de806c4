import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Logger } from '@texas-ai/kernel';
import { makeMetrics } from './metrics.js';
import { type MetricsServer, type ServeMetricsOptions, serveMetrics } from './serve-metrics.js';

const none = () => undefined;
const logger: Logger = { debug: none, info: none, warn: none, error: none };

let server: MetricsServer;
let reason: string | null;
let options: ServeMetricsOptions;
beforeEach(async () => {
  reason = null;
  const metrics = makeMetrics({ service: 'worker', version: '1.2.3' });
  const readiness = { reasonNotReady: async () => reason };
  options = { host: '127.0.0.1', port: 0, metrics, readiness, logger };
  server = await serveMetrics(options);
});
afterEach(() => server.close());

async function ask(path: string, method = 'GET') {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

test('serves metrics in the format of Prometheus without authentication', async () => {
  const { status, text, headers } = await ask('/metrics');
  expect([status, headers.get('content-type')]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
  ]);
  expect(text).toContain('texas_build_info{service="worker",version="1.2.3"} 1');
  expect((await ask('/metrics', 'HEAD')).text).toBe('');
});

test('serves liveness, and readiness with the reason', async () => {
  expect(await ask('/health/live')).toMatchObject({ status: 200, text: '{"status":"live"}' });
  expect(await ask('/health/ready')).toMatchObject({
    status: 200,
    text: '{"status":"ready","reason":null}',
  });
  reason = 'no response from redis';
  expect(await ask('/health/ready')).toMatchObject({
    status: 503,
    text: '{"status":"unready","reason":"no response from redis"}',
  });
});

test('serves nothing else', async () => {
  expect((await ask('/')).status).toBe(404);
  const { status, headers } = await ask('/metrics', 'POST');
  expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD']);
});

test('reports a port that is in use, with advice', async () => {
  await expect(serveMetrics({ ...options, port: server.port })).rejects.toMatchObject({
    code: 'local_service_failed',
    message: expect.stringContaining('METRICS_PORT'),
  });
});
