import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Temporal } from '@texas-ai/kernel';
import { type FakeWebhook, startFakeWebhook } from '@texas-ai/testing';
import { startTestApi, type TestApi } from '../../test/test-api.js';

// The watch as the gateway wires it: no worker is there that could warn.

let webhook: FakeWebhook;
let api: TestApi;

beforeAll(async () => {
  webhook = await startFakeWebhook();
  api = await startTestApi({
    environment: {
      PLANNING_AUTOMATIC: 'true',
      ALERT_WEBHOOK_URL: `${webhook.url}/webhook`,
      ALERT_SLACK_URL: `${webhook.url}/slack`,
    },
    alerts: { routes: [{ kinds: ['day_missing'], channels: ['slack'] }] },
  });
});
afterAll(async () => {
  await api.close();
  await webhook.stop();
});

test('what goes wrong is told on the channels of its route by the gateway itself', async () => {
  // Of a day that has not come yet nothing was written; to the database it is a moment to come.
  api.clock.now = Temporal.Now.zonedDateTimeISO('Asia/Shanghai')
    .add({ days: 1 })
    .with({ hour: 12 })
    .toInstant();
  await api.deps.watch.watchOnce();
  while (webhook.requests.length === 0) await turn();
  expect(webhook.requests).toMatchObject([
    { path: '/slack', json: { text: expect.stringContaining('texas has no day') } },
  ]);
});
