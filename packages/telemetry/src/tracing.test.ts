import { expect, test } from '@jest/globals';
import { noTracing, startTracing, wantsTraces } from './tracing.js';

test.each<[Record<string, string>, boolean]>([
  [{}, false],
  [{ OTEL_SERVICE_NAME: 'texas' }, false],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }, true],
  [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector:4318/v1/traces' }, true],
  [{ OTEL_TRACES_EXPORTER: 'console' }, true],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', OTEL_TRACES_EXPORTER: 'none' }, false],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', OTEL_SDK_DISABLED: 'true' }, false],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, false],
])('%j asks for traces: %s', (environment, wanted) => {
  expect(wantsTraces(environment)).toBe(wanted);
});

test('off, work is done as if there were no tracing', async () => {
  const tracing = await startTracing({ service: 'texas-api', version: '1', environment: {} });
  expect(tracing).toBe(noTracing);
  expect(await tracing.span('a', {}, async () => 7)).toBe(7);
  await expect(tracing.span('a', {}, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(tracing.queue).toBeUndefined();
});
