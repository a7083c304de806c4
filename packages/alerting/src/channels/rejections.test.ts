import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type FakeWebhook, startFakeWebhook } from '@texas-ai/testing';
import { buildMessage, failureOf, neverAborted } from '../../test/samples.js';
import { makeBark } from './bark.js';
import { makeChannels } from './index.js';

const key = 'canary-0123456789abcdef';
const message = 'It rejected the message.';
/** Channels that use HTTP. */
const names = ['wecom', 'dingtalk', 'feishu', 'slack', 'mattermost', 'bark', 'webhook'];

let server: FakeWebhook;
beforeEach(async () => {
  server = await startFakeWebhook();
});
afterEach(() => server.stop());

function send(name: string, url: string, signal = neverAborted): Promise<string> {
  const secrets = name === 'dingtalk' || name === 'feishu' ? { [name]: key } : {};
  const settings = { urls: { [name]: url }, secrets, routes: [] };
  const [channel] = makeChannels(settings);
  if (!channel) throw new Error(`There is no channel ${name}.`);
  return channel.send(buildMessage(), signal);
}

/** The error's message and the response in its details. */
async function rejectionOf(name: string, base = server.url) {
  const failure = await failureOf(send(name, `${new URL(base).origin}/${key}?key=${key}`));
  expect(failure.code).toBe('alert_failed');
  const all = `${failure.message} ${JSON.stringify(failure.details)} ${failure.cause}`;
  expect(all).not.toContain(key);
  expect(all).not.toContain(new URL(base).host);
  return { message: failure.message, ...failure.details };
}

describe('HTTP 200 is a rejection', () => {
  test.each([
    ['wecom', '{"errcode":93000,"errmsg":"invalid webhook url"}'],
    ['wecom', '{"errmsg":"ok"}'],
    ['wecom', '<html>ok</html>'],
    ['wecom', 'null'],
    ['dingtalk', '{"errcode":310000,"errmsg":"sign not match"}'],
    ['dingtalk', '{"errcode":"0"}'],
    ['feishu', '{"code":19021,"msg":"sign match fail"}'],
    ['feishu', '[]'],
    ['slack', 'invalid_payload'],
    ['slack', ''],
    ['mattermost', '{"id":"web.incoming_webhook.invalid.app_error"}'],
  ])('%s: %s', async (name, body) => {
    server.respondWith({ body });
    expect(await rejectionOf(name)).toEqual({ message, status: 200, answer: body });
  });
});

describe.each(names)('%s', (name) => {
  test.each([400, 404, 429, 500, 503])(
    'is rejected by status %i and not retried',
    async (status) => {
      // A body that would mean success for each of them.
      const body = status % 2 === 0 ? 'ok' : '{"errcode":0,"code":0}';
      server.respondWith({ status, body });
      expect(await rejectionOf(name)).toEqual({ message, status, answer: body });
      expect(server.requests).toHaveLength(1);
    },
  );

  test.each([301, 302, 307, 308])('follows no redirect (%i)', async (status) => {
    server.respondWith({ status, headers: { location: `${server.url}/elsewhere` }, body: 'ok' });
    expect(await rejectionOf(name)).toEqual({ message, status, answer: 'ok' });
    expect(server.requests).toHaveLength(1);
  });

  test('reports a closed port', async () => {
    expect(await rejectionOf(name, await closedPort())).toEqual({
      message: 'It could not be reached (ECONNREFUSED).',
    });
  });
});

test('the response is one line without control characters', async () => {
  server.respondWith({ status: 500, body: 'a\0b\r\n\x1b[31m  red\u009b' });
  expect(await rejectionOf('webhook')).toMatchObject({ answer: 'a b [31m red' });
});

test('a key anywhere in the response is complete, so that it can be redacted', async () => {
  server.respondWith({ status: 404, body: `${'x'.repeat(190)}${key}` });
  const failure = await failureOf(send('webhook', `${server.url}/${key}`));
  expect(failure.message).toBe(message);
  expect(failure.details.answer).toContain(key);
});

test.each(names)('%s that hangs is abandoned at once on abort', async (name) => {
  const stop = new AbortController();
  const silent = createServer(() => stop.abort()).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const failure = await failureOf(send(name, urlOf(silent), stop.signal));
  expect(failure.message).toBe('It could not be reached (ERR_ABORTED).');
  await new Promise((resolve) => silent.close(resolve));
});

test('bark without a device key reports what is missing', async () => {
  const failure = await failureOf(
    makeBark({ url: server.url, secret: null }).send(buildMessage(), neverAborted),
  );
  expect(failure).toMatchObject({
    code: 'alert_failed',
    message: 'ALERT_BARK_URL lacks the device key as its path.',
  });
  expect(server.requests).toEqual([]);
});

/** A port that was free a moment ago. */
async function closedPort(): Promise<string> {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const url = urlOf(taken);
  await new Promise((resolve) => taken.close(resolve));
  return url;
}

function urlOf(listening: Server): string {
  const address = listening.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/${key}`;
}
