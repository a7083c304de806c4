import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type FakeWebhook, startFakeWebhook, until } from '@texas-ai/testing';
import { startTestApi, type TestApi } from '../../test/test-api.js';

// The monitor as the api wires it, without workers.

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

test('the api itself delivers alerts on the channels of their route', async () => {
  // No day is written for tomorrow.
  const now = await api.db.store.now();
  const tomorrow = now.toZonedDateTimeISO('Asia/Shanghai').add({ days: 1 });
  api.clock.now = tomorrow.with({ hour: 12 }).toInstant();
  await api.deps.monitor.checkOnce();
  await until(() => webhook.requests.length > 0);
  expect(webhook.requests).toMatchObject([
    { path: '/slack', json: { text: expect.stringContaining('texas has no day') } },
  ]);
});
