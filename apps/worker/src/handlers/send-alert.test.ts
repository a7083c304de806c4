import { expect, test } from '@jest/globals';
import type { DeliveryKey } from '@texas-ai/alerting';
import { makeLogSpy } from '@texas-ai/testing';
import type { WorkerDeps } from '../deps.js';
import { sendAlertHandler } from './index.js';

test('a worker that stops aborts a hanging channel and postpones the delivery', async () => {
  const key: DeliveryKey = { alertId: 'one', channel: 'slack', phase: 'raised' };
  const stop = new AbortController();
  const failures: unknown[][] = [];
  const handler = sendAlertHandler({
    alertRepository: {
      claim: async () => ({ ...key, tries: 1, alert: {} }),
      failed: async (...failure: unknown[]) => void failures.push(failure),
    },
    channels: [
      {
        name: 'slack',
        pace: { messages: 1, seconds: 1 },
        send: (_message: unknown, signal: AbortSignal) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason));
            stop.abort();
          }),
      },
    ],
    acquire: async () => 0,
    redact: (text: string) => text,
    logger: makeLogSpy(),
  } as unknown as WorkerDeps);
  const context = { jobId: 'job', queue: 'alerts', signal: stop.signal };
  await handler({ version: 1, ...key }, context);
  expect(failures).toEqual([[key, { error: 'aborted', againMs: 0, free: true }]]);
});
