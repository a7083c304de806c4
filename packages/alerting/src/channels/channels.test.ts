import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type FakeWebhook, startFakeWebhook } from '@texas-ai/testing';
import { buildMessage, neverAborted } from '../../test/samples.js';
import { makeDingtalk } from './dingtalk.js';
import { makeFeishu } from './feishu.js';
import { makeChannels } from './index.js';

const secret = 'SECcanary0123456789abcdef';
const now = () => 1_763_956_800_128;

let server: FakeWebhook;
beforeEach(async () => {
  server = await startFakeWebhook();
});
afterEach(() => server.stop());

const post = (path: string, json: unknown, query = {}) => ({ method: 'POST', path, query, json });

/** Returns the channel at a path of the server, which responds with this body. */
function channelAt(name: string, path: string, body = '') {
  server.respondWith({ body });
  const urls = { [name]: server.url + path };
  const [channel] = makeChannels({ urls, secrets: {}, routes: [] });
  if (!channel) throw new Error(`There is no channel ${name}.`);
  return channel;
}

describe('a channel posts', () => {
  const { title, text } = buildMessage();
  const markdown = `**${title}**\n\n${text}`;
  const plain = `${title}\n\n${text}`;

  test.each([
    [
      'wecom',
      '/cgi-bin/webhook/send?key=k',
      '{"errcode":0,"errmsg":"ok"}',
      post(
        '/cgi-bin/webhook/send',
        { msgtype: 'markdown', markdown: { content: markdown } },
        { key: 'k' },
      ),
    ],
    [
      'dingtalk',
      '/robot/send?access_token=t',
      '{"errcode":0,"errmsg":"ok"}',
      post(
        '/robot/send',
        { msgtype: 'markdown', markdown: { title, text: markdown } },
        { access_token: 't' },
      ),
    ],
    [
      'feishu',
      '/open-apis/bot/v2/hook/h',
      '{"code":0,"msg":"success"}',
      post('/open-apis/bot/v2/hook/h', { msg_type: 'text', content: { text: plain } }),
    ],
    ['slack', '/services/T/B/x', 'ok', post('/services/T/B/x', { text: plain })],
    ['mattermost', '/hooks/h', 'ok\n', post('/hooks/h', { text: markdown, username: 'Texas AI' })],
    [
      'bark',
      '/device-key',
      '{"code":200}',
      post('/push', {
        device_key: 'device-key',
        title,
        body: text,
        group: 'Texas AI',
        level: 'timeSensitive',
      }),
    ],
    [
      'webhook',
      '/any?token=t',
      '',
      post(
        '/any',
        {
          title,
          message: text,
          level: 'error',
          kind: 'no_worker',
          subject: 'fleet',
          code: null,
          count: 1,
          over: false,
          timestamp: '2026-11-25T04:00:00Z',
        },
        { token: 't' },
      ),
    ],
  ])('%s: what the service expects', async (name, path, answer, expected) => {
    const response = await channelAt(name, path, answer).send(buildMessage(), neverAborted);
    expect(server.requests).toEqual([expected]);
    expect(response).toBe(`200 ${answer}`.trim());
  });

  test('bark: warnings and recoveries without sound', async () => {
    const bark = channelAt('bark', '/device-key/');
    await bark.send(buildMessage({ over: true }), neverAborted);
    await bark.send(buildMessage({ level: 'warning' }), neverAborted);
    const levels = server.requests.map(({ json }) => json);
    expect(levels).toEqual([
      expect.objectContaining({ device_key: 'device-key', level: 'active' }),
      expect.objectContaining({ level: 'active' }),
    ]);
  });

  test('bark: to a server with a path prefix, truncated to Apple’s limit', async () => {
    await channelAt('bark', '/push-server/v1/device-key').send(
      buildMessage({ text: '德'.repeat(2_000) }),
      neverAborted,
    );
    const [{ path, json } = { path: '', json: {} }] = server.requests;
    expect([path, Object(json).device_key]).toEqual(['/push-server/v1/push', 'device-key']);
    expect(Object(json).body).toBe(`${'德'.repeat(1_165)}…`);
  });

  test('slack: its control characters as entities', async () => {
    const text = '<!channel> a && b <https://example.org|c>';
    await channelAt('slack', '/', 'ok').send(buildMessage({ title: '&lt;', text }), neverAborted);
    expect(server.requests[0]?.json).toEqual({
      text: '&amp;lt;\n\n&lt;!channel&gt; a &amp;&amp; b &lt;https://example.org|c&gt;',
    });
  });

  const hostile =
    '<@all> @all @channel [click](http://evil) ![x](http://evil/t.png) <font color="red"> `a` <!here> <http://evil|b>';

  test.each(['wecom', 'dingtalk'])(
    '%s: Markdown in texts as full-width characters',
    async (name) => {
      const message = buildMessage({
        title: 'a**b\n\n<@all>',
        text: `${hostile}\n# 德克萨斯，a_b #1`,
      });
      await channelAt(name, '/', '{"errcode":0}').send(message, neverAborted);
      const { markdown } = Object(server.requests[0]?.json);
      expect(markdown.content ?? markdown.text).toBe(
        '**a＊＊b ＜@\u200ball＞**\n\n＜@\u200ball＞ @\u200ball @\u200bchannel ［click］(http://evil) ' +
          '!［x］(http://evil/t.png) ＜font color="red"＞ ｀a｀ ＜!here＞ ＜http://evil|b＞\n' +
          '＃ 德克萨斯，a_b #1',
      );
    },
  );

  test('mattermost: Markdown in texts escaped, and Slack’s syntax as full-width characters', async () => {
    const message = buildMessage({ title: 'a**b', text: `${hostile}\n# 德克萨斯_，a_b#1 _c_ \\` });
    await channelAt('mattermost', '/hooks/h', 'ok').send(message, neverAborted);
    expect(Object(server.requests[0]?.json).text).toBe(
      '**a\\*\\*b**\n\n＜@\u200ball＞ @\u200ball @\u200bchannel \\[click\\](http://evil) ' +
        '!\\[x\\](http://evil/t.png) ＜font color="red"＞ \\`a\\` ＜!here＞ ＜http://evil\\|b＞\n' +
        '\\# 德克萨斯\\_，a_b#1 \\_c\\_ \\\\',
    );
  });

  test('dingtalk: its notification without mentions', async () => {
    await channelAt('dingtalk', '/', '{"errcode":0}').send(
      buildMessage({ title: '@all' }),
      neverAborted,
    );
    expect(Object(server.requests[0]?.json).markdown.title).toBe('@\u200ball');
  });

  test('feishu: text without mentions of everybody', async () => {
    const text = '<at user_id="all">所有人</at> a < b <atom>';
    await channelAt('feishu', '/', '{"code":0}').send(
      buildMessage({ title: '长', text }),
      neverAborted,
    );
    expect(Object(server.requests[0]?.json).content.text).toBe(
      '长\n\n＜at user_id="all">所有人＜/at> a < b <atom>',
    );
  });

  test('webhook: whether the alert is over', async () => {
    await channelAt('webhook', '/any').send(
      buildMessage({ over: true, level: 'warning' }),
      neverAborted,
    );
    expect(server.requests[0]?.json).toMatchObject({ over: true, level: 'warning' });
  });
});

// The expected values come from `openssl dgst -sha256 -hmac` and Python's hmac.
describe('a signature', () => {
  test('of DingTalk is in the query, computed from milliseconds and the secret', async () => {
    server.respondWith({ body: '{"errcode":0}' });
    const url = `${server.url}/robot/send?access_token=t`;
    await makeDingtalk({ url, secret }, now).send(buildMessage(), neverAborted);
    expect(server.requests[0]?.query).toEqual({
      access_token: 't',
      timestamp: '1763956800128',
      sign: 'jkhw3Qe3R+wHP/Lp6yVnFy7tj1cpriDdyuLrqkJajjc=',
    });
  });

  test('of Feishu is in the body, computed from seconds and the secret', async () => {
    server.respondWith({ body: '{"code":0}' });
    await makeFeishu({ url: server.url, secret }, now).send(buildMessage(), neverAborted);
    expect(server.requests[0]?.json).toMatchObject({
      timestamp: '1763956800',
      sign: 'yld1bkBTSbXG2Lt2/kuJhDRiwisPSEVibi73ARGwdiM=',
      msg_type: 'text',
    });
  });

  test('uses the secret of its own channel', async () => {
    const urls = { dingtalk: server.url, feishu: server.url };
    const channels = makeChannels({ urls, secrets: { feishu: secret }, routes: [] });
    server.respondWith({ body: '{"errcode":0,"code":0}' });
    for (const channel of channels) await channel.send(buildMessage(), neverAborted);
    expect(server.requests.map(({ query, json }) => [query, Object.keys(Object(json))])).toEqual([
      [{}, ['msgtype', 'markdown']],
      [{}, ['timestamp', 'sign', 'msg_type', 'content']],
    ]);
  });
});

describe('a long text', () => {
  test.each(['', 'x', 'xx'])(
    'is truncated to 2048 bytes for WeCom, between characters (%#)',
    async (pad) => {
      const text = `${pad}${'德克萨斯🐺'.repeat(400)}`;
      await channelAt('wecom', '/', '{"errcode":0}').send(
        buildMessage({ title: '长', text }),
        neverAborted,
      );
      const { markdown } = Object(server.requests[0]?.json);
      const bytes = Buffer.byteLength(markdown.content);
      expect(bytes).toBeLessThanOrEqual(2048);
      expect(bytes).toBeGreaterThan(2048 - 4);
      const kept = markdown.content.slice(0, -1);
      expect(markdown.content).toBe(`${kept}…`);
      expect(`**长**\n\n${text}`.startsWith(kept)).toBe(true);
      expect(kept.isWellFormed()).toBe(true);
    },
  );

  test('that fits is not changed', async () => {
    const room = 2048 - Buffer.byteLength('**长**\n\n');
    const text = `${'字'.repeat(Math.floor(room / 3))}${'x'.repeat(room % 3)}`;
    await channelAt('wecom', '/', '{"errcode":0}').send(
      buildMessage({ title: '长', text }),
      neverAborted,
    );
    expect(Object(server.requests[0]?.json).markdown.content).toBe(`**长**\n\n${text}`);
  });
});
