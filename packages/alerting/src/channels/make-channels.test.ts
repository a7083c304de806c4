import { describe, expect, test } from '@jest/globals';
import { TexasError } from '@texas-ai/kernel';
import { type ChannelSettings, channelNames, makeChannels } from './index.js';

const url = 'https://example.org/canary';
const mailUrl = 'smtp://example.org/?to=me@example.org';

function problemsOf(settings: Partial<ChannelSettings>): unknown {
  try {
    makeChannels({ urls: {}, secrets: {}, routes: [], ...settings });
    return [];
  } catch (error) {
    if (!(error instanceof TexasError)) throw error;
    expect(error.code).toBe('config_invalid');
    return error.details.problems;
  }
}

const expected =
  'expected wecom or dingtalk or feishu or slack or mattermost or bark or email or webhook';

describe('a wrong configuration is reported', () => {
  test('if a channel is unknown', () => {
    expect(problemsOf({ urls: { telegram: url, slack: url, constructor: url } })).toEqual([
      `ALERT_TELEGRAM_URL or alerts.urls.telegram: unknown channel, ${expected}`,
      `ALERT_CONSTRUCTOR_URL or alerts.urls.constructor: unknown channel, ${expected}`,
    ]);
  });

  test('if a secret has no channel', () => {
    expect(problemsOf({ urls: { feishu: url }, secrets: { dingtalk: 'k', feishu: 'k' } })).toEqual([
      'ALERT_DINGTALK_SECRET or alerts.secrets.dingtalk: expected with ALERT_DINGTALK_URL or ' +
        'alerts.urls.dingtalk',
    ]);
  });

  test('if a route names an unknown channel', () => {
    const routes = [{ channels: ['slack'] }, { channels: ['pager', 'email'] }];
    expect(problemsOf({ routes })).toEqual([`alerts.routes.1.channels: ${expected}, got pager`]);
  });

  test.each(['wecom', 'slack', 'mattermost', 'bark', 'email', 'webhook'])(
    'if %s, which does not sign messages, has a secret',
    (name) => {
      const urls = { [name]: name === 'email' ? mailUrl : url };
      expect(problemsOf({ urls, secrets: { [name]: 'canary' } })).toEqual([
        `ALERT_${name.toUpperCase()}_SECRET or alerts.secrets.${name}: expected none, ` +
          `${name} does not sign messages`,
      ]);
    },
  );

  test.each(channelNames.filter((name) => name !== 'email'))(
    'if the URL of %s is not HTTP',
    (name) => {
      expect(problemsOf({ urls: { [name]: mailUrl } })).toEqual([
        `ALERT_${name.toUpperCase()}_URL or alerts.urls.${name}: expected a URL that starts with ` +
          'http:// or https://',
      ]);
    },
  );

  test.each([
    ['email', url, 'expected a URL that starts with smtp:// or smtps://'],
    ['email', 'smtp://example.org', 'expected ?to= with the recipient'],
    ['email', 'smtps://example.org/?to=&from=me@example.org', 'expected ?to= with the recipient'],
    ['bark', 'https://api.day.app', 'expected the device key as the path'],
    ['bark', 'https://api.day.app//?key=canary', 'expected the device key as the path'],
  ])('if the URL is unusable: %s at %s', (name, address, problem) => {
    expect(problemsOf({ urls: { [name]: address } })).toEqual([
      `ALERT_${name.toUpperCase()}_URL or alerts.urls.${name}: ${problem}`,
    ]);
  });

  test('with all problems at once', () => {
    const wrong = { urls: { a: url }, secrets: { b: 'k' }, routes: [{ channels: ['c'] }] };
    expect(problemsOf(wrong)).toHaveLength(3);
  });
});

test('a route may go to a channel that is not configured', () => {
  expect(problemsOf({ urls: { slack: url }, routes: [{ channels: ['email', 'slack'] }] })).toEqual(
    [],
  );
});

test('every channel has its own name and a rate limit', () => {
  const urls = Object.fromEntries(
    channelNames.map((name) => [name, name === 'email' ? mailUrl : url]),
  );
  const channels = makeChannels({ urls, secrets: {}, routes: [] });
  expect(channels.map(({ name }) => name)).toEqual(channelNames);
  for (const { rateLimit: pace } of channels) {
    expect(Math.min(pace.messages, pace.seconds)).toBeGreaterThan(0);
    expect(Number.isInteger(pace.seconds)).toBe(true);
  }
});

function rateLimitOf(name: string) {
  const [channel] = makeChannels({ urls: { [name]: url }, secrets: {}, routes: [] });
  if (!channel) throw new Error(`There is no channel ${name}.`);
  return channel.rateLimit;
}

test.each([
  ['wecom', 20, 60],
  ['dingtalk', 20, 60],
  ['feishu', 5, 1],
  ['feishu', 100, 60],
])('%s gets at most %i messages in any %i s', (name, max, time) => {
  const { messages, seconds } = rateLimitOf(name);
  // The time span may barely overlap its first and last window.
  expect((Math.ceil(time / seconds) + 1) * messages).toBeLessThanOrEqual(max);
});

test('slack gets at most one message in any second', () => {
  // A window starts with its first message, so messages are a window apart if each window has one.
  expect(rateLimitOf('slack')).toEqual({ messages: 1, seconds: 1 });
});
