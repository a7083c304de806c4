import { expect, it, jest } from '@jest/globals';
import { ignoreLibpqVariables, loadConfig, processEnvironment, secretsOf } from './index.js';

const root = import.meta.dirname;

it('collects all secrets, encoded and decoded', () => {
  const config = loadConfig({
    root,
    environment: {
      INTERNAL_API_KEY: 'internal',
      GEMINI_API_KEY: 'gemini',
      HTTP_PROXY: 'http://u:plain@proxy.example',
      https_proxy: 'u:se%63ure@proxy.example:3128',
      AUTHOR: 'offline',
      HEFENG_API_KEY: 'hefeng',
      HEFENG_API_HOST: 'h.example',
      MATTERMOST_HOST: 'https://chat.example',
      MATTERMOST_TOKEN: 'mattermost',
      MATTERMOST_OWNER: 'owner',
      DATABASE_URL: 'postgres://u:a%2Fb@db/x?sslkey=%66oo',
      REDIS_HOST: 'r',
      REDIS_PASSWORD: 'p#q',
      CACHE_REDIS_URL: 'redis://:100%@c',
      ALERT_WECOM_URL: 'https://wecom.example/cgi-bin/webhook/send?key=wecom-key',
      ALERT_FEISHU_URL: 'https://feishu.example/open-apis/bot/v2/hook/0123456789abcdef',
    },
  });
  expect(secretsOf(config).sort()).toEqual(
    [
      'internal',
      'gemini',
      'plain',
      'se%63ure',
      'secure',
      'hefeng',
      'mattermost',
      'a%2Fb',
      'a/b',
      'foo',
      'p%23q',
      'p#q',
      '100%25',
      '100%',
      'https://wecom.example/cgi-bin/webhook/send?key=wecom-key',
      '/cgi-bin/webhook/send?key=wecom-key',
      'wecom-key',
      'https://feishu.example/open-apis/bot/v2/hook/0123456789abcdef',
      '/open-apis/bot/v2/hook/0123456789abcdef',
      '0123456789abcdef',
    ].sort(),
  );
});

function secretsOfWebhook(address: string): string[] {
  return secretsOf(loadConfig({ root, environment: { ALERT_WEBHOOK_URL: address } }));
}

it.each([
  ['/alerts/s3cr3t-k3y', ['/alerts/s3cr3t-k3y', 's3cr3t-k3y']],
  ['/trigger?code=abcDEF123456xyz', ['/trigger?code=abcDEF123456xyz', 'abcDEF123456xyz']],
  ['/ntfy-topic-9f3a', ['/ntfy-topic-9f3a', 'ntfy-topic-9f3a']],
  ['/in/p%40ss-w0rd-9', ['/in/p%40ss-w0rd-9', '/in/p@ss-w0rd-9', 'p%40ss-w0rd-9', 'p@ss-w0rd-9']],
  ['/texas-alerts', ['/texas-alerts']],
])('includes every part of an alert URL that may be a key: %s', (request, expected) => {
  const address = `https://hook.example${request}`;
  expect(secretsOfWebhook(address).sort()).toEqual([address, ...expected].sort());
});

it('excludes ordinary words of an alert URL', () => {
  const words = ['services', 'open-apis', 'Workflows', 'trigger', 'alerts', '/'];
  const address = 'https://hook.example/services/open-apis/Workflows/trigger?channel=alerts';
  for (const word of words) expect(secretsOfWebhook(address)).not.toContain(word);
  expect(secretsOfWebhook('https://hook.example/')).toEqual(['https://hook.example/']);
});

it('includes the password of a socket URL', () => {
  const address = 'postgres://texas:s3%40same@/texas?host=/run/postgresql';
  expect(secretsOf(loadConfig({ root, environment: { DATABASE_URL: address } }))).toEqual([
    's3%40same',
    's3@same',
  ]);
});

it('includes the password of a mail server, but not the recipients', () => {
  const address = 'smtps://me:s3same@mail.example/?to=someone@example.org';
  const config = loadConfig({ root, environment: { ALERT_EMAIL_URL: address } });
  expect(secretsOf(config)).toEqual([address, 's3same']);
});

it('is empty if no secret is configured', () => {
  expect(secretsOf(loadConfig({ root, environment: {} }))).toEqual([]);
});

it('removes libpq variables from the process and warns about them', () => {
  const logger = { warn: jest.fn() };
  process.env.PGSSLMODE = 'require';
  process.env.PGOPTIONS = '-c search_path=other';
  expect(processEnvironment()).not.toHaveProperty('PGSSLMODE');
  ignoreLibpqVariables(logger);
  expect(Object.keys(process.env).filter((name) => name.startsWith('PG'))).toEqual([]);
  expect(logger.warn.mock.calls).toEqual([
    [expect.stringContaining('ignored'), { variables: ['PGOPTIONS', 'PGSSLMODE'] }],
  ]);
  ignoreLibpqVariables(logger);
  expect(logger.warn).toHaveBeenCalledTimes(1);
});

it('processEnvironment returns a copy', () => {
  const copy = processEnvironment();
  expect(copy.PATH).toBe(process.env.PATH);
  copy.TEXAS_TEST_ONLY = '1';
  expect(process.env.TEXAS_TEST_ONLY).toBeUndefined();
});
