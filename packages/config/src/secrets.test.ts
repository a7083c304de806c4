import { expect, it } from '@jest/globals';
import { loadConfig, processEnvironment, secretsOf } from './index.js';

const root = import.meta.dirname;

it('collects every secret value, as written and decoded', () => {
  const config = loadConfig({
    root,
    environment: {
      INTERNAL_API_KEY: 'internal',
      GEMINI_API_KEY: 'gemini',
      GEMINI_BASE_URL: 'https://u:base@gemini.example/',
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
      'base',
      'hefeng',
      'mattermost',
      'a%2Fb',
      'a/b',
      'foo',
      'p%23q',
      'p#q',
      '100%',
      'https://wecom.example/cgi-bin/webhook/send?key=wecom-key',
      'wecom-key',
      'https://feishu.example/open-apis/bot/v2/hook/0123456789abcdef',
      '0123456789abcdef',
    ].sort(),
  );
});

it('has none where none is configured', () => {
  expect(secretsOf(loadConfig({ root, environment: {} }))).toEqual([]);
});

it('gives a launcher a copy of the environment', () => {
  const copy = processEnvironment();
  expect(copy.PATH).toBe(process.env.PATH);
  copy.TEXAS_TEST_ONLY = '1';
  expect(process.env.TEXAS_TEST_ONLY).toBeUndefined();
});
