import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { loadConfig } from '@texas-ai/config';
import {
  type FakeSmtp,
  type FakeWebhook,
  makeLogSpy,
  startFakeSmtp,
  startFakeWebhook,
} from '@texas-ai/testing';
import { testAlerts } from './alert.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const key = 'canary0123456789abcdef';

let webhook: FakeWebhook;
let smtp: FakeSmtp;
let results: string[];
let progress: string[];
beforeEach(async () => {
  webhook = await startFakeWebhook();
  smtp = await startFakeSmtp(key);
  results = [];
  progress = [];
});
afterEach(async () => {
  await webhook.stop();
  await smtp.stop();
  expect([...results, ...progress].join('\n')).not.toContain('canary');
});

function runTest(variables: Record<string, string>): Promise<number> {
  const environment = { NODE_ENV: 'test', ...variables };
  const config = loadConfig({ root, environment, needs: { database: false, redis: false } });
  const output = {
    result: (text: string) => results.push(text),
    progress: (line: string) => progress.push(line),
  };
  const stopSignal = () => new AbortController().signal;
  return testAlerts({ root, config, environment, logger: makeLogSpy(), output, stopSignal });
}

const mailbox = (password: string) =>
  `smtp://me:${password}@127.0.0.1:${smtp.port}/?to=me%40example.org`;

describe('alert test', () => {
  test('sends one message to every channel and prints the responses', async () => {
    webhook.respondWith({ body: 'ok' });
    const code = await runTest({
      ALERT_EMAIL_URL: mailbox(key),
      ALERT_SLACK_URL: `${webhook.url}/services/${key}`,
      ALERT_WEBHOOK_URL: `${webhook.url}/any?token=${key}`,
    });
    expect(code).toBe(0);
    expect(results).toEqual([
      'email: sent (250 2.0.0 taken as 4711)',
      'slack: sent (200 ok)',
      'webhook: sent (200 ok)',
    ]);
    expect(progress).toEqual([]);
    expect(smtp.mails).toHaveLength(1);
    expect(webhook.requests.map(({ json }) => json)).toEqual([
      { text: 'Texas AI: test alert\n\nAlerts will arrive here. · 告警会发到这里。' },
      {
        title: 'Texas AI: test alert',
        message: 'Alerts will arrive here. · 告警会发到这里。',
        level: 'warning',
        kind: 'test',
        subject: 'test',
        code: null,
        count: 1,
        over: false,
        timestamp: expect.stringMatching(/^20.*Z$/),
      },
    ]);
  });

  test('tries every channel, and fails if one failed', async () => {
    webhook.respondWith({ body: '{"errcode":0}' });
    const code = await runTest({
      ALERT_EMAIL_URL: mailbox('wrong-canary'),
      ALERT_SLACK_URL: `${webhook.url}/services/${key}`,
      ALERT_WECOM_URL: `${webhook.url}/cgi-bin/webhook/send?key=${key}`,
    });
    expect(code).toBe(1);
    expect(results).toEqual([
      'email: failed. The mail was not accepted (EAUTH).',
      'slack: failed. It rejected the message. 200 {"errcode":0}',
      'wecom: sent (200 {"errcode":0})',
    ]);
  });

  test('redacts keys in a response, even where it is truncated', async () => {
    webhook.respondWith({
      status: 404,
      body: `Cannot POST /hook/${key}. ${'x'.repeat(245)}${key} ${'y'.repeat(5000)}`,
    });
    expect(await runTest({ ALERT_WEBHOOK_URL: `${webhook.url}/hook/${key}` })).toBe(1);
    const [line = ''] = results;
    expect(line).toMatch(
      /^webhook: failed\. It rejected the message\. 404 Cannot POST .*\[redacted\]\. x+/,
    );
    expect(line.length).toBeLessThan(350);
  });
});

describe('an invalid configuration', () => {
  test('without any channel is reported', async () => {
    await expect(runTest({})).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(/^No alert channel is configured: set ALERT_WEBHOOK_URL/),
    });
    expect([results, progress]).toEqual([[], []]);
  });

  test('is reported with all problems before anything is sent', async () => {
    const failure = await runTest({
      ALERT_TELEGRAM_URL: `${webhook.url}/${key}`,
      ALERT_SLACK_URL: `${webhook.url}/services/${key}`,
      ALERT_FEISHU_SECRET: key,
    }).catch((error) => error);
    expect(failure).toMatchObject({ code: 'config_invalid' });
    expect(failure.details.problems).toEqual([
      expect.stringContaining('ALERT_TELEGRAM_URL or alerts.urls.telegram: unknown channel'),
      'ALERT_FEISHU_SECRET or alerts.secrets.feishu: expected with ALERT_FEISHU_URL or alerts.urls.feishu',
    ]);
    expect(JSON.stringify(failure.details)).not.toContain(key);
    expect([webhook.requests, results]).toEqual([[], []]);
  });
});
