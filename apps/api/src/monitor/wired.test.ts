import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type FakeWebhook, startFakeWebhook, until } from '@texas-ai/testing';
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
  const now = await api.db.store.now();
  const tomorrow = now.toZonedDateTimeISO('Asia/Shanghai').add({ days: 1 });
  api.clock.now = tomorrow.with({ hour: 12 }).toInstant();
  await api.deps.watch.watchOnce();
  await until(() => webhook.requests.length > 0);
  expect(webhook.requests).toMatchObject([
    { path: '/slack', json: { text: expect.stringContaining('texas has no day') } },
  ]);
});
