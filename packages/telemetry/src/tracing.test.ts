import { expect, test } from '@jest/globals';
import { isTracingConfigured, noTracing, startTracing } from './tracing.js';

test.each<[Record<string, string>, boolean]>([
  [{}, false],
  [{ OTEL_SERVICE_NAME: 'texas' }, false],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }, true],
  [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector:4318/v1/traces' }, true],
  [{ OTEL_TRACES_EXPORTER: 'console' }, true],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', OTEL_TRACES_EXPORTER: 'none' }, false],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', OTEL_SDK_DISABLED: 'true' }, false],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, false],
])('tracing with %j: %s', (environment, configured) => {
  expect(isTracingConfigured(environment)).toBe(configured);
});

test('runs work unchanged if tracing is off', async () => {
  const tracing = await startTracing({ service: 'texas-api', version: '1', environment: {} });
  expect(tracing).toBe(noTracing);
  expect(await tracing.span('a', {}, async () => 7)).toBe(7);
  await expect(tracing.span('a', {}, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(tracing.queue).toBeUndefined();
});
